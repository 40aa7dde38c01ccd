import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import { aCreate, type Environment, type Scene, startEnvironment, withTask } from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment('dev')
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

/**
 * Resets a run as the button of Temporal's UI does; `back` counts completed workflow tasks from the
 * end.
 */
async function reset({ handle }: Scene, from: 'first' | number): Promise<string> {
  const { events } = await handle.fetchHistory()
  const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  const event = from === 'first' ? completed[0] : completed.at(-from)
  const { runId } = await environment.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId, runId: (await handle.describe()).runId },
    workflowTaskFinishEventId: event?.eventId ?? null,
    requestId: `${handle.workflowId}-${from}`,
    reason: 'a test',
  })
  return runId
}
const resultOf = (scene: Scene, runId: string) =>
  environment.client.workflow.getHandle(scene.handle.workflowId, runId).result()

describe('a run that is reset in Temporal', () => {
  it.each(['first', 3, 8] as const)(
    'to its workflow task %s, after its task was done, does nothing',
    async (from) => {
      const fine = () => undefined
      await withTask(environment, aCreate(2), fine, async (scene) => {
        await scene.done()
        const ended = await scene.row()
        const before = scene.calls.length
        await resultOf(scene, await reset(scene, from))
        expect(scene.calls).toHaveLength(before)
        expect(await scene.row()).toEqual(ended)
      })
    },
  )

  it('while its task is FAILED goes on waiting, and with a retry to its end', async () => {
    let times = 1
    const failing = ({ activity }: { readonly activity: string }) => {
      if (activity === 'ioBench' && times-- > 0)
        throw new DefiniteError({ code: 'CMP07053', message: asIs('slow') })
    }
    await withTask(environment, aCreate(), failing, async (scene) => {
      await scene.recorded('FAILED')
      const forward = scene.calls.length
      const runId = await reset(scene, 4)
      await scene.operate({ operation: 'retryTask' })
      await resultOf(scene, runId)
      await scene.recorded('SUCCESSFUL')
      const again = scene.calls.slice(forward).map(({ activity }) => activity)
      expect(again[0]).toBe('ioBench')
      expect(again).not.toContain('makeDir')
    })
  })
})
