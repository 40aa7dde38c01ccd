import { expect, it } from 'vitest'
import { faults } from '../../lab/chaos/faults.ts'
import { runFault } from '../../lab/chaos/run.ts'

/** A minute where nobody else works; the machine may be busy. */
const patienceMs = 600_000

const fault = faults.find(({ name }) => name === 'all-in-one killed')

/**
 * A slice of `make chaos`: the whole of obflow is killed, Temporal and store with it, where a run
 * can least bear it.
 */
it(
  'a create goes on by itself after everything was killed during an upload, a bootstrap and a change of password',
  async () => {
    if (!fault) throw new Error('the fault is gone')
    const nodes = ['Install rpm', 'Bootstrap ob', 'Set sys password']
    const run = await runFault(fault, { nodes, log: () => undefined })
    expect(run.complaints).toEqual([])
    expect(run.cells).toHaveLength(19)
    expect(run.cells.filter(({ verdict }) => verdict !== 'by itself')).toEqual([])
  },
  patienceMs,
)
