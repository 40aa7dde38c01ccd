import { expect, test } from 'vitest'
import { retryColumn, undoColumn, withColumns } from '../../lab/chaos/table.ts'

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

test('a rollback that left something says what and where, and the nodes behind it were not run', () => {
  const run = {
    fault: 'run deleted',
    cells: [
      { node: 'Install rpm', verdict: 'by itself' },
      {
        node: 'Bootstrap ob',
        verdict: 'lost',
        cause: 'left behind: 10.69.1.11, files: f /data/1/x',
      },
      { node: 'Set sys password', verdict: 'nothing to hit' },
    ],
    failedAfterSeconds: 13.27,
    seconds: 50,
  } as const
  const column = undoColumn({ run, hosts: 1, commit: 'bbbbbbb' })
  expect(withColumns('', [column], ['run deleted']).split('\n')).toEqual([
    '| node | run deleted |',
    '|---|---|',
    '| Install rpm | ✔ |',
    '| Bootstrap ob | ✘ |',
    '| Set sys password | – |',
    '| *FAILED after, at most, s* | 13.3 |',
    '| *seconds* | 50 |',
    '| *commit* | bbbbbbb |',
    '',
    '- run deleted, Bootstrap ob: left behind: 10.69.1.11, files: f /data/1/x',
  ])
})
