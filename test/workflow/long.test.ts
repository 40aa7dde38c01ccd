import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import { once, perHost } from '../../src/plan/plan.ts'
import { plan } from '../plan/arbitrary.ts'
import { recordHistory } from '../replay/record.ts'
import { aCreate, type Environment, type Scene, startEnvironment, withTask } from './environment.ts'

/** Temporal suggests a new history from so many events on; by itself it does at 4,096. */
const suggestAt = 150

/** Seconds where nobody else works; the machine may be busy. */
const patienceMs = 240_000

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment('dev', [
    `limit.historyCount.suggestContinueAsNew=${suggestAt}`,
  ])
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

/** Events of each run of the workflow, the first run first. */
async function histories({ handle }: Scene): Promise<number[]> {
  const { client } = environment
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId },
  })
  const lengths: number[] = []
  let events = history?.events ?? []
  while (events.length > 0) {
    lengths.push(events.length)
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
    if (!next) break
    events = (await client.workflow.getHandle(handle.workflowId, next).fetchHistory()).events ?? []
  }
  return lengths
}

const perHostOnly = (hosts: number) => ({
  ...aCreate(hosts),
  plan: plan('Look at hosts', [
    once('Prepare install cluster', 'prepareInstallCluster', { timeout: '5m' }),
    perHost('Pre check for install OB', 'preCheck', { timeout: '30m' }),
  ]),
})

describe('a run whose history grows long', { timeout: patienceMs }, () => {
  it('goes on under new ones, each node done once', async () => {
    await withTask(
      environment,
      aCreate(12),
      () => undefined,
      async (scene) => {
        await scene.done()
        await recordHistory(environment.client, scene.handle.workflowId, 'continued')
        const lengths = await histories(scene)
        expect(lengths.length).toBeGreaterThan(1)
        expect(Math.max(...lengths)).toBeLessThan(suggestAt * 2)
        const done = scene.calls.map(({ subtaskId }) => subtaskId)
        expect(new Set(done).size).toBe(done.length)
        const description = await scene.handle.describe()
        expect(description.typedSearchAttributes.getAll()).toContainEqual(
          expect.objectContaining({ value: 'SUCCESSFUL' }),
        )
        expect(description.typedSearchAttributes.getAll()).toContainEqual(
          expect.objectContaining({ value: 'terran' }),
        )
      },
    )
  })

  it('waits under a short one while its task is FAILED, and goes on with a retry', async () => {
    let times = 1
    const failing = ({ activity }: { readonly activity: string }) => {
      if (activity === 'triggerCompaction' && times-- > 0)
        throw new DefiniteError({ code: 'OBE11007', message: asIs('no') })
    }
    await withTask(environment, aCreate(12), failing, async (scene) => {
      await scene.recorded('FAILED')
      const before = scene.calls.length
      await scene.operate({ operation: 'retryTask' })
      await scene.done()
      expect(scene.calls.slice(before).map(({ activity }) => activity)).toEqual([
        'triggerCompaction',
        'linkObproxy',
      ])
    })
  })
})

it('a wide run has no more than 400 subtasks under way at once, and is not held up by a host that takes longer', {
  timeout: patienceMs,
}, async () => {
  const others = Promise.withResolvers<void>()
  const slow = Promise.withResolvers<void>()
  const behave = ({ activity, hostId }: { readonly activity: string; readonly hostId?: number }) =>
    activity !== 'preCheck' ? undefined : hostId === 1 ? slow.promise : others.promise
  // More than there are places for, so that some are started only when others have ended.
  await withTask(environment, perHostOnly(450), behave, async (scene) => {
    const pending = async () => (await scene.handle.describe()).raw.pendingActivities?.length ?? 0
    while ((await pending()) < 400) await pause(50)
    expect(await pending()).toBe(400)
    others.resolve()
    while (scene.calls.length < 451) await pause(50)
    slow.resolve()
    await scene.done()
    expect(scene.calls).toHaveLength(451)
  })
})
