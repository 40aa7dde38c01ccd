import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteCluster } from '../../src/workflows/index.ts'
import * as messages from '../../src/workflows/messages.ts'
import { aRun, type Behaviour, type Call, startEnvironment, withWorkflow } from './environment.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())

const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const hostGone = (): Behaviour => {
  let times = 1
  return ({ activity, hostId }) => {
    if (activity === 'cleanObserverHost' && hostId === 2 && times-- > 0)
      throw ApplicationFailure.nonRetryable('host 10.0.0.2 did not answer', 'TSK10012')
  }
}

describe('deleteCluster', () => {
  it("runs one host's 6 subtasks in the order of OCP's sample", async () => {
    await withWorkflow(
      environment,
      deleteCluster,
      aRun(),
      () => undefined,
      async ({ handle, calls, decisions }) => {
        await handle.result()
        expect(names(calls)).toEqual([
          'prepareDeleteCluster',
          'stopAgent',
          'waitNode',
          'cleanObserverHost',
          'deleteClusterInfo',
          'unreserveHost',
        ])
        expect(decisions.at(-1)?.task).toEqual({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
      },
    )
  })

  it('keeps what the store knows until every host is clean, and goes on when a lost host is skipped', async () => {
    await withWorkflow(environment, deleteCluster, aRun(3), hostGone(), async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      expect(names(calls)).not.toContain('deleteClusterInfo')
      const failed = calls.find(({ activity, hostId }) => activity === 'cleanObserverHost' && hostId === 2)
      await handle.executeUpdate(messages.skipSubtask, { args: [failed?.subtaskId ?? 0] })
      await handle.result()
      expect(names(calls).slice(-2)).toEqual(['deleteClusterInfo', 'unreserveHost'])
    })
  })

  it('cannot be rolled back', async () => {
    await withWorkflow(environment, deleteCluster, aRun(3), hostGone(), async ({ handle, recorded }) => {
      await recorded('FAILED')
      const refused = await handle.executeUpdate(messages.rollbackTask).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError)
      expect(refused).toMatchObject({ cause: { type: 'TSK10009' } })
      await handle.executeUpdate(messages.retryTask)
      await handle.result()
    })
  })
})
