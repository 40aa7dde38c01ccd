import { randomUUID } from 'node:crypto'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askRun } from '../../src/api/ask.ts'
import { aRun, startEnvironment, withCreateCluster } from './environment.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())

describe('a run that is asked something', () => {
  it('answers that it has ended once it has', async () => {
    await withCreateCluster(
      environment,
      aRun(),
      () => undefined,
      async ({ handle }) => {
        await handle.result()
        expect(await askRun(environment.client, handle.workflowId, { operation: 'retryTask' })).toBe('ended')
      },
    )
  })

  it("refuses what its state does not allow with OCP's code, and says which state that is", async () => {
    let open: (() => void) | undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    await withCreateCluster(
      environment,
      aRun(),
      () => opened,
      async ({ handle }) => {
        const ask = askRun(environment.client, handle.workflowId, { operation: 'retryTask' })
        expect(await ask).toEqual({ code: 'TSK10007', args: ['task', 'RUNNING'] })
        const skip = askRun(environment.client, handle.workflowId, { operation: 'skipSubtask', subtaskId: 10_003 })
        expect(await skip).toEqual({ code: 'TSK10007', args: ['3', 'PENDING'] })
        open?.()
        await handle.result()
      },
    )
  })

  it('throws when no worker takes it up in time', async () => {
    const workflowId = randomUUID()
    const { client, connection } = environment
    const handle = await client.workflow.start('createCluster', { taskQueue: randomUUID(), workflowId, args: [aRun()] })
    const asked = connection.withDeadline(Date.now() + 1000, () => askRun(client, workflowId, { operation: 'retryTask' }))
    await expect(asked).rejects.toThrow()
    await handle.terminate()
  })
})
