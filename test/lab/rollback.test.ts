import { describe, expect, it } from 'vitest'
import { failingAt } from './nodeHook.ts'
import { type Failure, foreign, placeOf, rollbacks, roundsOf, versions } from './rollbacks.ts'

/**
 * A slice of `make rollbacks`: each undo with its work before it and without, on each version line
 * before BOOTSTRAP and after it, and a cluster that RUNs and so is deleted.
 */
const slice: readonly Failure[] = [
  { node: 'Install rpm', when: 'after' },
  { node: 'Do io bench', when: 'before' },
  { node: 'Bootstrap ob', when: 'before' },
  { node: 'Refresh ocp agent config', when: 'after' },
  { node: 'Sync all tenant information', when: 'after' },
  { node: 'Update OB cluster status', when: 'after' },
]

// Then a host takes the same request again.
describe('a create that failed and is rolled back, or deleted once it RUNs, leaves host and store as before it was posted', () => {
  const on = rollbacks()

  it.each(roundsOf(slice))('failed at node %s', async (_title, failing) => {
    await on.failAndTakeBack(failing)
  })

  const [version] = versions

  it('and once more when an undo failed: the rollback is asked for again', async () => {
    const before = await on.now()
    on.hook.set(failingAt({ index: placeOf('Restart observer process'), when: 'before' }))
    const { id } = await on.create({ host: 0, version })
    expect((await on.scene().ended(id)).status).toBe('FAILED')
    on.hook.set(failingAt({ index: placeOf('Make dir for ob'), when: 'before', undoing: true }))
    await on.rollback(id)
    const stuck = await on.scene().ended(id)
    expect({ status: stuck.status, operation: stuck.operation }).toEqual({
      status: 'FAILED',
      operation: 'ROLLBACK',
    })
    on.hook.clear()
    await on.rollback(id)
    await on.expectTakenBack(id)
    expect(await on.now()).toEqual(before)
  })

  it('and the same request posted again succeeds, beside the files of others', async () => {
    on.hook.clear()
    await on.plant(0)
    await on.expectDone((await on.create({ host: 0, version })).id)
    for (const path of foreign) expect(await on.hostAt(0).must(['cat', path])).toBe('not ours\n')
  })
})
