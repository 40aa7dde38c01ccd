import { expect, test } from 'vitest'
import { retryColumn, withColumns } from '../../lab/chaos/table.ts'

const before = `| node | worker killed | API killed |
|---|---|---|
| Install rpm | ✔ | ✔ |
| Wait node | ✔ | ✔ |
| Bootstrap ob | ✔ | 1 |
| *BOOTSTRAP begun, done* | 1, 1 | 2, 1 |
| *package sent* | 1.06 × | 1.01 × |
| *seconds* | 297 | 34 |
| *commit* | aaaaaaa | aaaaaaa |

- API killed, Bootstrap ob: OBE10002 refused
- worker killed, Bootstrap ob: OBE10003 refused`

test('a column that is run again has the nodes of today; what the others found stays beside its node', () => {
  const run = {
    fault: 'worker killed',
    cells: [
      { node: 'Install rpm', verdict: 'by itself' },
      { node: 'Bootstrap ob', verdict: 'nothing to hit' },
    ],
    counts: { bootstraps: { begun: 1, done: 1 }, packageSent: 1 },
    complaints: [],
    traces: new Set<string>(),
    seconds: 50,
  } as const
  const after = withColumns(
    before,
    [retryColumn({ run, hosts: 1, commit: 'bbbbbbb' })],
    ['worker killed', 'API killed'],
  )
  expect(after.split('\n')).toEqual([
    '| node | worker killed | API killed |',
    '|---|---|---|',
    '| Install rpm | ✔ | ✔ |',
    '| Bootstrap ob | – | 1 |',
    '| *BOOTSTRAP begun, done* | 1, 1 | 2, 1 |',
    '| *package sent* | 1.00 × | 1.01 × |',
    '| *seconds* | 50 | 34 |',
    '| *commit* | bbbbbbb | aaaaaaa |',
    '',
    '- API killed, Bootstrap ob: OBE10002 refused',
  ])
})
