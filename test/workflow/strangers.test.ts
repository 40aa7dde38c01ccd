import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launcher } from '../../src/api/engine/launch.ts'
import { connectTemporal } from '../../src/api/engine/temporal.ts'
import { waitNode } from '../../src/plan/expand.ts'
import { startForeignWorker, takeThePlaceOf } from '../support/foreignWorker.ts'
import { aCreate, type Environment, type Scene, startEnvironment, withTask } from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment('dev')
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

const gate = () => Promise.withResolvers<void>()

/**
 * What the API does beside a run, more often than it does: it compares what is due with what is
 * under way.
 */
async function besideApi<T>(
  { handle, task }: Scene,
  act: (queue: string, target: Target) => Promise<T>,
): Promise<T> {
  const { taskQueue } = await handle.describe()
  const { store } = environment.opened
  const { address } = environment
  const workflows = connectTemporal({
    store,
    taskQueue,
    address,
    console: 'https://obflow.example',
  })
  const api = launcher({ store, workflows, log: pino({ level: 'silent' }) })
  await store.tasks.markTold(task.id, task.acceptedRevision)
  let over = false
  const looking = (async () => {
    while (!over) {
      await api.reconcile().catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 3000))
    }
  })()
  try {
    return await act(taskQueue, {
      temporal: environment.address,
      namespace: 'default',
      taskId: task.id,
    })
  } finally {
    over = true
    await looking
    await workflows.close()
  }
}
type Target = Parameters<typeof takeThePlaceOf>[0]

/** Ended as if nothing had been: every subtask in its first run, each node but once. */
async function expectUndisturbed({ row, calls }: Scene): Promise<void> {
  const { status, operation, subtasks } = await row()
  expect({ status, operation }).toEqual({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
  expect(subtasks.map((each) => [each.status, each.runTime, each.cause])).toEqual(
    subtasks.map(() => ['SUCCESSFUL', 1, null]),
  )
  const names = calls.map(({ activity }) => activity)
  expect(names).toEqual([...new Set(names)])
}

describe('somebody with access to Temporal, while a create runs', { timeout: 180_000 }, () => {
  it('puts a workflow of its own in its place: what is due is done, nothing is marked, and the run comes back', async () => {
    const reached = gate()
    const open = gate()
    const hanging = async ({ activity }: { readonly activity: string }) => {
      if (activity !== 'makeDir') return
      reached.resolve()
      await open.promise
    }
    await withTask(environment, aCreate(), hanging, (scene) =>
      besideApi(scene, async (obflowQueue, target) => {
        await reached.promise
        const worked = scene.task.subtasks.filter(({ activity }) => activity !== waitNode)
        const nodes = worked.map(({ id, activity, undo }) => ({
          subtaskId: id,
          activities: undo === null ? [activity] : [activity, undo],
        }))
        await takeThePlaceOf(target, { workflowId: scene.task.workflowId, obflowQueue, nodes })
        open.resolve()
        await scene.recorded('SUCCESSFUL')
        await expectUndisturbed(scene)
        const { id, workflowId } = scene.task
        const run = await environment.client.workflow.getHandle(workflowId).describe()
        expect(await run.staticDetails()).toBe(
          `[Task ${id} in obflow](https://obflow.example/tasks/${id})`,
        )
      }),
    )
  })

  it('answers for the worker with lies: the run goes on once that is gone, and no subtask was marked', async () => {
    const fine = () => undefined
    await withTask(environment, aCreate(), fine, (scene) =>
      besideApi(scene, async (obflowQueue, target) => {
        const worker = await startForeignWorker(target, obflowQueue)
        const { answered } = worker
        while (answered.length < 3 && (await scene.row()).status === 'RUNNING')
          await new Promise((resolve) => setTimeout(resolve, 50))
        await worker.stop()
        await scene.recorded('SUCCESSFUL')
        await expectUndisturbed(scene)
      }),
    )
  })
})
