import { ApplicationFailure, Context } from '@temporalio/activity'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPrimaryCluster } from '../../src/plan/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import * as messages from '../../src/workflows/messages.ts'
import { aRun, type Behaviour, type Call, startEnvironment, withCreateCluster } from './environment.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())

const fine: Behaviour = () => undefined
const diskTooSmall = () =>
  ApplicationFailure.nonRetryable('free space of /data/1 on 10.0.0.2 is 1 GB < 20 GB', 'CMP07050', {
    advice: 'Free some space.',
    host: '10.0.0.2',
  })
const failing =
  (activity: string, error: () => Error, times = 1): Behaviour =>
  (call) => {
    if (call.activity === activity && times-- > 0) throw error()
  }
const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const idOf = (activity: string, hosts = 1) =>
  10_000 + expand(createPrimaryCluster, aRun(hosts)).findIndex((subtask) => subtask.activity === activity)

const refusal = async (update: Promise<unknown>): Promise<string> => {
  const error = await update.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw new Error(`not refused: ${error}`)
  return error.cause.type ?? ''
}

describe('createCluster', () => {
  it("runs one host's 23 subtasks in the order of OCP's DAG", async () => {
    await withCreateCluster(environment, aRun(), fine, async ({ handle, calls, decisions }) => {
      await handle.result()
      expect(names(calls)).toEqual(expand(createPrimaryCluster, aRun()).map(({ activity }) => activity))
      expect(calls.map(({ subtaskId }) => subtaskId)).toEqual(calls.map((_, index) => 10_000 + index))
      expect(decisions.at(-1)?.task).toEqual({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
    })
  })

  it('goes by the plan its task was accepted with, whatever the release has', async () => {
    const { stages, ...rest } = createPrimaryCluster
    const accepted = { ...aRun(), plan: { ...rest, stages: stages.filter(({ name }) => name !== 'Do io bench') } }
    await withCreateCluster(environment, accepted, fine, async ({ handle, calls }) => {
      await handle.result()
      expect(names(calls)).toEqual(expand(accepted.plan, accepted).map(({ activity }) => activity))
      expect(names(calls)).not.toContain('ioBench')
    })
  })

  it('fans out over hosts and starts nothing before all its upstreams are done', async () => {
    const open = new Set<number>()
    const done = new Set<number>()
    const planned = expand(createPrimaryCluster, aRun(3))
    let widest = 0
    const watch: Behaviour = async ({ subtaskId }) => {
      const index = subtaskId - 10_000
      open.add(index)
      widest = Math.max(widest, open.size)
      expect(planned[index]?.upstreams.every((upstream) => done.has(upstream))).toBe(true)
      await new Promise((resolve) => setImmediate(resolve))
      open.delete(index)
      done.add(index)
    }
    await withCreateCluster(environment, aRun(3), watch, async ({ handle }) => {
      await handle.result()
      expect(done.size).toBe(35)
      expect(widest).toBeGreaterThan(1)
    })
  })

  it('tells Temporal to finish what was begun before more is begun, when subtasks wait for a worker', async () => {
    await withCreateCluster(environment, aRun(3), fine, async ({ handle }) => {
      await handle.result()
      const { events } = await handle.fetchHistory()
      const keys = new Map<string, number>()
      for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? [])
        if (scheduled) keys.set(scheduled.activityType?.name ?? '', scheduled.priority?.priorityKey ?? 0)
      const key = (activity: string): number => keys.get(activity) ?? 0
      expect([...keys.values()].every((each) => each >= 1 && each <= 5)).toBe(true)
      // Else a hundred clusters are begun before the first one is there.
      for (const begun of [...keys.keys()].slice([...keys.keys()].indexOf('bootstrapOb')))
        expect(key(begun), begun).toBeLessThan(key('ioBench'))
      expect(key('linkObproxy')).toBe(1)
      expect(key('preCheck')).toBe(5)
    })
  })

  it('retries transient trouble without asking anybody', async () => {
    const refused = () => new Error('connect ECONNREFUSED 10.0.0.1:22')
    await withCreateCluster(environment, aRun(), failing('installRpm', refused, 3), async ({ handle, calls, decisions }) => {
      await handle.result()
      expect(names(calls).filter((name) => name === 'installRpm')).toHaveLength(4)
      expect(decisions.flatMap(({ changes }) => changes)).toEqual([])
    })
  })

  it('holds a failed task open while the other hosts run on, says why, and resumes at the failed subtask', async () => {
    const second: Behaviour = (call) =>
      call.hostId === 2 && call.runTime === 1 ? failing('preCheck', diskTooSmall)(call) : undefined
    await withCreateCluster(environment, aRun(3), second, async ({ handle, calls, decisions, recorded, state, details }) => {
      await recorded('FAILED')
      expect(names(calls)).toEqual(['prepareInstallCluster', 'preCheck', 'preCheck', 'preCheck'])
      const failed = decisions.flatMap(({ changes }) => changes).find(({ status }) => status === 'FAILED')
      expect(failed).toMatchObject({
        subtaskId: 10_002,
        runTime: 1,
        cause: { code: 'CMP07050', advice: 'Free some space.', host: '10.0.0.2' },
      })
      expect(await details()).toContain('POST /api/v2/tasks/instances/1000/subtasks/10002/retry')

      await environment.sleep('7 days')
      expect((await state()).task).toEqual({ status: 'FAILED', operation: 'EXECUTE' })

      await handle.executeUpdate(messages.retryTask)
      await handle.result()
      expect((await handle.describe()).memo).toEqual({ operation: 'RETRY' })
      expect(names(calls).filter((name) => name === 'prepareInstallCluster')).toHaveLength(1)
      expect(names(calls).filter((name) => name === 'preCheck')).toHaveLength(4)
      expect(calls.findLast(({ activity }) => activity === 'preCheck')).toMatchObject({
        hostId: 2,
        runTime: 2,
        operation: 'RETRY',
      })
    })
  })

  it('retries one subtask by its id', async () => {
    await withCreateCluster(environment, aRun(), failing('ioBench', diskTooSmall), async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      await handle.executeUpdate(messages.retrySubtask, { args: [idOf('ioBench')] })
      await handle.result()
      expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(2)
    })
  })

  it('counts one of two retries that come at the same moment', async () => {
    await withCreateCluster(environment, aRun(), failing('ioBench', diskTooSmall), async ({ handle, calls, recorded }) => {
      await recorded('FAILED')
      const both = [handle.executeUpdate(messages.retryTask), handle.executeUpdate(messages.retryTask)]
      const outcomes = await Promise.allSettled(both)
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      await handle.result()
      expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(2)
    })
  })

  it('skips a failed subtask without running it', async () => {
    await withCreateCluster(environment, aRun(), failing('ioBench', diskTooSmall), async ({ handle, calls, recorded, state }) => {
      await recorded('FAILED')
      await handle.executeUpdate(messages.skipSubtask, { args: [idOf('ioBench')] })
      await handle.result()
      expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(1)
      expect((await state()).subtasks[idOf('ioBench') - 10_000]).toMatchObject({ status: 'SUCCESSFUL', operation: 'SKIP' })
    })
  })

  it('takes everything back in reverse when it is rolled back, and then is done', async () => {
    await withCreateCluster(environment, aRun(), failing('ioBench', diskTooSmall), async ({ handle, calls, recorded, state }) => {
      await recorded('FAILED')
      const forward = calls.length
      await handle.executeUpdate(messages.rollbackTask)
      await handle.result()
      expect(names(calls.slice(forward))).toEqual(['removeIoBench', 'removeDir', 'removeRpm', 'releaseCluster'])
      const { task, subtasks } = await state()
      expect(task).toEqual({ status: 'SUCCESSFUL', operation: 'ROLLBACK' })
      expect(subtasks.every(({ status }) => status === 'PENDING')).toBe(true)
    })
  })

  it('cancels a running subtask, which then is FAILED and can be run again', async () => {
    let started: (() => void) | undefined
    const running = new Promise<void>((resolve) => {
      started = resolve
    })
    const hanging: Behaviour = async ({ activity, runTime }) => {
      if (activity !== 'makeDir' || runTime > 1) return
      const context = Context.current()
      const heart = setInterval(() => context.heartbeat(), 50)
      started?.()
      try {
        await context.cancelled
      } finally {
        clearInterval(heart)
      }
    }
    await withCreateCluster(environment, aRun(), hanging, async ({ handle, recorded, state }) => {
      await running
      await handle.executeUpdate(messages.cancelSubtask, { args: [idOf('makeDir')] })
      await recorded('FAILED')
      expect((await state()).subtasks[idOf('makeDir') - 10_000]).toMatchObject({
        status: 'FAILED',
        operation: 'CANCEL',
        cause: { code: 'TSK10014' },
      })
      await handle.executeUpdate(messages.retryTask)
      await handle.result()
    })
  })

  it("goes on when Temporal's own cancellation is requested, while it works and while it waits for an operator", async () => {
    const failingOnce: Behaviour = async (call) => {
      if (call.activity === 'prepareInstallCluster') await requested
      if (call.activity === 'makeDir' && call.runTime === 1) throw diskTooSmall()
    }
    let request: (() => void) | undefined
    const requested = new Promise<void>((resolve) => {
      request = resolve
    })
    await withCreateCluster(environment, aRun(), failingOnce, async ({ handle, recorded, state }) => {
      await handle.cancel()
      request?.()
      await recorded('FAILED')
      await handle.cancel()
      await handle.executeUpdate(messages.retryTask)
      await handle.result()
      expect((await state()).task.status).toBe('SUCCESSFUL')
    })
  })

  it("refuses what OCP refuses, with OCP's code, and records nothing", async () => {
    await withCreateCluster(
      environment,
      aRun(),
      failing('prepareInstallCluster', diskTooSmall),
      async ({ handle, recorded, decisions }) => {
        await recorded('FAILED')
        const before = decisions.length
        expect(await refusal(handle.executeUpdate(messages.skipSubtask, { args: [idOf('prepareInstallCluster')] }))).toBe(
          'TSK10010',
        )
        expect(await refusal(handle.executeUpdate(messages.retrySubtask, { args: [idOf('preCheck')] }))).toBe('TSK10007')
        expect(await refusal(handle.executeUpdate(messages.cancelSubtask, { args: [idOf('prepareInstallCluster')] }))).toBe(
          'TSK10007',
        )
        expect(await refusal(handle.executeUpdate(messages.retrySubtask, { args: [1] }))).toBe('TSK10001')
        expect(decisions).toHaveLength(before)
        await handle.executeUpdate(messages.retryTask)
        await handle.result()
      },
    )
  })
})
