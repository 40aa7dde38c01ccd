import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError } from '../../src/errors/failure.ts'
import { Refused } from '../../src/errors/refused.ts'
import { asIs } from '../../src/errors/say.ts'
import { deleteClusterPlan } from '../../src/operations/deleteCluster.ts'
import {
  type Accepted,
  type Behaviour,
  type Call,
  type Environment,
  startEnvironment,
  withTask,
} from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

const aDelete = (hosts = 1): Accepted => ({
  workflow: 'deleteCluster',
  plan: deleteClusterPlan,
  hosts,
})
const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const hostGone = (): Behaviour => {
  let times = 1
  return ({ activity, hostId }) => {
    if (activity === 'cleanObserverHost' && hostId === 2 && times-- > 0)
      throw new DefiniteError({ code: 'TSK10012', message: asIs('host 10.0.0.2 did not answer') })
  }
}

describe('deleteCluster', () => {
  it("runs one host's 6 subtasks in the order of OCP's sample", async () => {
    const fine = () => undefined
    await withTask(environment, aDelete(), fine, async ({ calls, done, task, row }) => {
      await done()
      expect(task.subtasks.map(({ activity }) => activity)).toEqual([
        'prepareDeleteCluster',
        'stopAgent',
        'waitNode',
        'cleanObserverHost',
        'deleteClusterInfo',
        'unreserveHost',
      ])
      const nodes = task.subtasks
        .map(({ activity }) => activity)
        .filter((name) => name !== 'waitNode')
      expect(names(calls)).toEqual(nodes)
      expect(await row()).toMatchObject({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
    })
  })

  it('keeps what the store knows until every host is clean, and goes on past a skipped host', async () => {
    await withTask(
      environment,
      aDelete(3),
      hostGone(),
      async ({ calls, recorded, operate, done }) => {
        await recorded('FAILED')
        expect(names(calls)).not.toContain('deleteClusterInfo')
        const failed = calls.find(
          ({ activity, hostId }) => activity === 'cleanObserverHost' && hostId === 2,
        )
        await operate({ operation: 'skipSubtask', subtaskId: failed?.subtaskId ?? 0 })
        await done()
        expect(names(calls).slice(-2)).toEqual(['deleteClusterInfo', 'unreserveHost'])
      },
    )
  })

  it('cannot be rolled back', async () => {
    await withTask(environment, aDelete(3), hostGone(), async ({ recorded, operate, done }) => {
      await recorded('FAILED')
      const refused = await operate({ operation: 'rollbackTask' }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Refused)
      expect(refused).toMatchObject({ findings: [{ code: 'TSK10009' }] })
      await operate({ operation: 'retryTask' })
      await done()
    })
  })
})
