import { Context } from '@temporalio/activity'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand, waitNode } from '../../src/plan/expand.ts'
import { stagesIn } from '../../src/plan/plan.ts'
import { endTasks } from '../../src/store/endTasks.ts'
import * as schema from '../../src/store/schema/index.ts'
import * as messages from '../../src/workflows/messages.ts'
import { recordHistory } from '../replay/record.ts'
import {
  aCreate,
  type Behaviour,
  type Call,
  type Environment,
  startEnvironment,
  targetsOf,
  withTask,
} from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

const fine: Behaviour = () => undefined
const diskTooSmall = () =>
  new DefiniteError({
    code: 'CMP07050',
    message: asIs('free space of /data/1 on 10.0.0.2 is 1 GB < 20 GB'),
    advice: asIs('Free some space.'),
    host: '10.0.0.2',
  })
const failing =
  (activity: string, error: () => Error, times = 1): Behaviour =>
  (call) => {
    if (call.activity === activity && times-- > 0) throw error()
  }
const names = (calls: readonly Call[]) => calls.map(({ activity }) => activity)
const nodesOf = (hosts: number, plan = createClusterPlan) =>
  expand(plan, targetsOf(hosts))
    .map(({ activity }) => activity)
    .filter((activity) => activity !== waitNode)

/** A promise and what resolves it. */
const gate = () => Promise.withResolvers<void>()

describe('createCluster', () => {
  it("runs one host's 23 subtasks in the order of OCP's DAG, the joins among them by itself", async () => {
    await withTask(environment, aCreate(), fine, async ({ calls, done, row }) => {
      await done()
      expect(names(calls)).toEqual(nodesOf(1))
      const { status, operation, subtasks } = await row()
      expect({ status, operation }).toEqual({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
      expect(subtasks.map((subtask) => subtask.status)).toEqual(subtasks.map(() => 'SUCCESSFUL'))
    })
  })

  it('runs the plan its task was accepted with, whatever the release has', async () => {
    const { stages, ...rest } = createClusterPlan
    const plan = {
      ...rest,
      stages: stagesIn({ stages }).filter(({ name }) => name !== 'Do io bench'),
    }
    await withTask(environment, { ...aCreate(), plan }, fine, async ({ calls, done }) => {
      await done()
      expect(names(calls)).toEqual(nodesOf(1, plan))
      expect(names(calls)).not.toContain('ioBench')
    })
  })

  it('fans out over hosts and starts nothing before all its upstreams are done', async () => {
    const open = new Set<number>()
    const finished = new Set<number>()
    const planned = expand(createClusterPlan, targetsOf(3))
    let widest = 0
    let first = 0
    const watch: Behaviour = async ({ subtaskId }) => {
      first ||= subtaskId
      const index = subtaskId - first
      open.add(index)
      widest = Math.max(widest, open.size)
      const upstreams = planned[index]?.upstreams ?? []
      const isDone = (at: number): boolean =>
        planned[at]?.activity === waitNode ? planned[at].upstreams.every(isDone) : finished.has(at)
      expect(upstreams.every(isDone)).toBe(true)
      await new Promise((resolve) => setImmediate(resolve))
      open.delete(index)
      finished.add(index)
    }
    await withTask(environment, aCreate(3), watch, async ({ done }) => {
      await done()
      expect(finished.size).toBe(nodesOf(3).length)
      expect(widest).toBeGreaterThan(1)
    })
  })

  it('tells Temporal to finish started tasks first, when subtasks wait for a worker', async () => {
    await withTask(environment, aCreate(3), fine, async ({ handle, done }) => {
      await done()
      const { events } = await handle.fetchHistory()
      const keys = new Map<string, number>()
      for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? [])
        if (scheduled)
          keys.set(scheduled.activityType?.name ?? '', scheduled.priority?.priorityKey ?? 0)
      keys.delete('openTask')
      const key = (activity: string): number => keys.get(activity) ?? 0
      expect([...keys.values()].every((each) => each >= 1 && each <= 5)).toBe(true)
      // Else a hundred clusters are begun before the first one is there.
      for (const begun of [...keys.keys()].slice([...keys.keys()].indexOf('bootstrapOb')))
        expect(key(begun), begun).toBeLessThan(key('ioBench'))
      expect(key('linkObproxy')).toBe(1)
      expect(key('preCheck')).toBe(5)
    })
  })

  it('retries transient trouble without an operator', async () => {
    const refused = () => new TransientError(asIs('connect ECONNREFUSED 10.0.0.1:22'))
    const behave = failing('installRpm', refused, 3)
    await withTask(environment, aCreate(), behave, async ({ calls, done, subtask, row }) => {
      await done()
      expect(names(calls).filter((name) => name === 'installRpm')).toHaveLength(4)
      const { index } = subtask('installRpm')
      expect((await row()).subtasks[index]).toMatchObject({ runTime: 1, attempt: 4 })
    })
  })

  it('holds a failed task open while the other hosts run on, and resumes at the failed subtask', async () => {
    const second: Behaviour = (call) =>
      call.hostId === 2 && call.runTime === 1 ? failing('preCheck', diskTooSmall)(call) : undefined
    await withTask(environment, aCreate(3), second, async (scene) => {
      const { handle, calls, recorded, state, details, operate, task, row, done } = scene
      await recorded('FAILED')
      expect(names(calls)).toEqual(['prepareInstallCluster', 'preCheck', 'preCheck', 'preCheck'])
      const failed = (await row()).subtasks.find(({ status }) => status === 'FAILED')
      expect(failed).toMatchObject({
        index: 2,
        runTime: 1,
        cause: { code: 'CMP07050', advice: 'Free some space.', host: '10.0.0.2' },
      })
      await environment.sleep('7 days')
      expect((await state()).task).toEqual({ status: 'FAILED', operation: 'EXECUTE' })
      const call = `POST /api/v2/tasks/${task.id}/subtasks/${failed?.id}/retry`
      expect(await details()).toContain(call)

      await operate({ operation: 'retryTask' })
      await done()
      expect((await handle.describe()).memo).toEqual({ operation: 'RETRY' })
      expect(names(calls).filter((name) => name === 'prepareInstallCluster')).toHaveLength(1)
      expect(names(calls).filter((name) => name === 'preCheck')).toHaveLength(4)
      expect(calls.findLast(({ activity }) => activity === 'preCheck')).toMatchObject({
        hostId: 2,
        runTime: 2,
        operation: 'RETRY',
      })
      await recordHistory(environment.client, handle.workflowId, 'retried-3-hosts')
    })
  })

  it('retries one subtask by its id', async () => {
    const behave = failing('ioBench', diskTooSmall)
    await withTask(
      environment,
      aCreate(),
      behave,
      async ({ calls, recorded, operate, subtask, done, task }) => {
        await recorded('FAILED')
        await operate({ operation: 'retrySubtask', subtaskId: subtask('ioBench').id })
        await done()
        expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(2)
        await recordHistory(environment.client, task.workflowId, 'retried')
      },
    )
  })

  it('counts one of two retries that come at the same moment', async () => {
    const behave = failing('ioBench', diskTooSmall)
    await withTask(environment, aCreate(), behave, async ({ calls, recorded, operate, done }) => {
      await recorded('FAILED')
      const retry = () => operate({ operation: 'retryTask' })
      const outcomes = await Promise.allSettled([retry(), retry()])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      await done()
      expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(2)
    })
  })

  it('skips a failed subtask without running it', async () => {
    const behave = failing('ioBench', diskTooSmall)
    await withTask(
      environment,
      aCreate(),
      behave,
      async ({ handle, calls, recorded, operate, subtask, done, row }) => {
        await recorded('FAILED')
        await operate({ operation: 'skipSubtask', subtaskId: subtask('ioBench').id })
        await done()
        expect(names(calls).filter((name) => name === 'ioBench')).toHaveLength(1)
        const { index } = subtask('ioBench')
        expect((await row()).subtasks[index]).toMatchObject({
          status: 'SUCCESSFUL',
          operation: 'SKIP',
        })
        await recordHistory(environment.client, handle.workflowId, 'skipped')
      },
    )
  })

  it('undoes everything in reverse when it is rolled back, and then is done', async () => {
    const behave = failing('ioBench', diskTooSmall)
    await withTask(
      environment,
      aCreate(),
      behave,
      async ({ handle, calls, recorded, operate, done, row }) => {
        await recorded('FAILED')
        const forward = calls.length
        await operate({ operation: 'rollbackTask' })
        await done()
        expect(names(calls.slice(forward))).toEqual([
          'removeIoBench',
          'removeDir',
          'removeRpm',
          'releaseCluster',
        ])
        const { status, operation, subtasks } = await row()
        expect({ status, operation }).toEqual({ status: 'SUCCESSFUL', operation: 'ROLLBACK' })
        expect(subtasks.every((subtask) => subtask.status === 'PENDING')).toBe(true)
        await recordHistory(environment.client, handle.workflowId, 'rolled-back')
      },
    )
  })

  it('cancels a running subtask, which then is FAILED and can be run again', async () => {
    const running = gate()
    const hanging: Behaviour = async ({ activity, runTime }) => {
      if (activity !== 'makeDir' || runTime > 1) return
      const context = Context.current()
      const heart = setInterval(() => context.heartbeat(), 50)
      running.resolve()
      try {
        await context.cancelled
      } finally {
        clearInterval(heart)
      }
    }
    await withTask(
      environment,
      aCreate(),
      hanging,
      async ({ handle, recorded, operate, subtask, row, done }) => {
        await running.promise
        await operate({ operation: 'cancelSubtask', subtaskId: subtask('makeDir').id })
        await recorded('FAILED')
        expect((await row()).subtasks[subtask('makeDir').index]).toMatchObject({
          status: 'FAILED',
          operation: 'CANCEL',
          cause: { code: 'TSK10014' },
        })
        await operate({ operation: 'retryTask' })
        await done()
        await recordHistory(environment.client, handle.workflowId, 'cancelled')
      },
    )
  })

  it("goes on when Temporal's own cancellation is requested, at work and while it waits", async () => {
    const requested = gate()
    const failingOnce: Behaviour = async (call) => {
      if (call.activity === 'prepareInstallCluster') await requested.promise
      if (call.activity === 'makeDir' && call.runTime === 1) throw diskTooSmall()
    }
    await withTask(
      environment,
      aCreate(),
      failingOnce,
      async ({ handle, recorded, operate, done }) => {
        await handle.cancel()
        requested.resolve()
        await recorded('FAILED')
        await handle.cancel()
        await operate({ operation: 'retryTask' })
        await done()
      },
    )
  })
})

describe('a wide task', () => {
  it('of 40 hosts, three of which fail, is FAILED with those alone and then goes on to its end', async () => {
    const some: Behaviour = ({ activity, hostId = 0, runTime }) => {
      if (activity === 'installRpm' && hostId % 13 === 0 && runTime === 1) throw diskTooSmall()
    }
    await withTask(
      environment,
      aCreate(40),
      some,
      async ({ handle, recorded, operate, done, row }) => {
        await recorded('FAILED')
        const failed = (await row()).subtasks.filter(({ status }) => status === 'FAILED')
        expect(failed.map(({ hostId }) => hostId)).toEqual([13, 26, 39])
        await recordHistory(environment.client, handle.workflowId, 'failed-40-hosts')
        await operate({ operation: 'retryTask' })
        await done()
        await recordHistory(environment.client, handle.workflowId, 'retried-40-hosts')
      },
    )
  })
})

describe('a run in Temporal', () => {
  it("refuses an operation that is sent to Temporal, in a sentence that names the API's call", async () => {
    const behave = failing('ioBench', diskTooSmall)
    await withTask(
      environment,
      aCreate(),
      behave,
      async ({ handle, recorded, operate, task, row, done }) => {
        await recorded('FAILED')
        const before = await row()
        for (const name of ['retryTask', 'rollbackTask', 'skipSubtask']) {
          const refused = await handle.executeUpdate(name).catch((error: unknown) => error)
          expect(refused).toBeInstanceOf(WorkflowUpdateFailedError)
          const message = expect.stringContaining(
            `obflow's API, which knows who may do them: POST /api/v2/tasks/${task.id}/`,
          )
          expect(refused).toMatchObject({ cause: { message } })
        }
        expect(await row()).toEqual(before)
        await operate({ operation: 'retryTask' })
        await done()
      },
    )
  })

  it('names subtasks and hosts in its progress', async () => {
    await withTask(environment, aCreate(), fine, async ({ state, done, task }) => {
      await done()
      const { subtasks } = await state()
      expect(subtasks[1]).toEqual({
        id: task.firstSubtaskId + 1,
        name: 'Pre check for install OB',
        host: '10.0.0.1',
        status: 'SUCCESSFUL',
        operation: 'EXECUTE',
        runTime: 1,
      })
    })
  })

  it('that was terminated is replaced by another, which goes on where the store is', async () => {
    const reached = gate()
    const open = gate()
    const hanging: Behaviour = async ({ activity, runTime }) => {
      if (activity !== 'makeDir' || runTime > 1) return
      reached.resolve()
      await open.promise
    }
    await withTask(environment, aCreate(), hanging, async ({ handle, again, calls, recorded }) => {
      await reached.promise
      await handle.terminate()
      open.resolve()
      await (await again()).result()
      await recorded('SUCCESSFUL')
      const once = names(calls).filter((name) => name !== 'makeDir')
      expect(once).toEqual(nodesOf(1).filter((name) => name !== 'makeDir'))
      await recordHistory(environment.client, handle.workflowId, 'taken-over')
    })
  })

  it('whose task ends FAILED for good ends, too', async () => {
    const behave = failing('triggerCompaction', diskTooSmall)
    await withTask(
      environment,
      aCreate(),
      behave,
      async ({ handle, recorded, row, task, again }) => {
        await recorded('FAILED')
        await environment.opened.db.transaction((tx) => endTasks(tx, eq(schema.tasks.id, task.id)))
        await handle.signal(messages.changed)
        await handle.result()
        await (await again()).result()
        expect((await row()).status).toBe('FAILED')
      },
    )
  })

  it('that is started again for a task that has ended ends at once and does nothing', async () => {
    await withTask(environment, aCreate(), fine, async ({ again, calls, done, row }) => {
      await done()
      const ended = await row()
      const before = calls.length
      await (await again()).result()
      expect(calls).toHaveLength(before)
      expect(await row()).toEqual(ended)
    })
  })

  it('of another id does nothing for the task, whoever starts it with whatever input', async () => {
    const reached = gate()
    const open = gate()
    const hanging: Behaviour = async ({ activity }) => {
      if (activity !== 'prepareInstallCluster') return
      reached.resolve()
      await open.promise
    }
    await withTask(environment, aCreate(), hanging, async ({ handle, task, calls, done }) => {
      await reached.promise
      const { taskQueue } = await handle.describe()
      const plan = {
        name: 'x',
        prohibitRollback: false,
        stages: [{ activity: 'cleanObserverHost' }],
      }
      const forged = await environment.client.workflow.start('deleteCluster', {
        taskQueue,
        workflowId: 'forged',
        args: [{ taskId: task.id, plan, hosts: [{ id: 1, ip: '10.0.0.1' }], zones: [] }],
      })
      await expect(forged.result()).rejects.toThrow()
      expect(names(calls)).toEqual(['prepareInstallCluster'])
      open.resolve()
      await done()
    })
  })
})
