import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expand } from '../../src/plan/expand.ts'
import { once, type Plan, perHost } from '../../src/plan/plan.ts'
import { type Change, createTask, type Task } from '../../src/plan/task.ts'
import { anyPlan, anyTargets, plan, targets } from './arbitrary.ts'

const cause = { code: 'CMP07050', message: 'disk too small' }
const failed = { status: 'FAILED', cause } as const
const done = { status: 'SUCCESSFUL' } as const

const threeSteps = plan('Three', [
  once('Prepare', 'prepare', { timeout: '1m', undo: 'unprepare', prohibitSkip: true }),
  perHost('Install', 'install', { timeout: '1m', undo: 'remove' }),
  once('Finish', 'finish', { timeout: '1m' }),
])
// Indexes: 0 Prepare, 1 and 2 Install, 3 Finish.
const start = (of: Plan = threeSteps) => createTask(expand(of, targets(2)), of)
const ready = (changes: readonly Change[]) =>
  changes.filter(({ state }) => state.status === 'READY').map(({ index }) => index)
const statuses = (task: Task) => task.subtasks.map(({ status }) => status)

const run = (task: Task, changes: readonly Change[], fail: readonly number[] = []): void => {
  const queue = ready(changes)
  for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
    task.running(index)
    queue.push(...ready(task.finished(index, fail.includes(index) ? failed : done)))
  }
}

describe('a task', () => {
  it('starts what has no upstreams and goes on as upstreams succeed', () => {
    const task = start()
    expect(ready(task.begin())).toEqual([0])
    task.running(0)
    expect(ready(task.finished(0, done))).toEqual([1, 2])
  })

  it('is SUCCESSFUL when all subtasks are', () => {
    const task = start()
    run(task, task.begin())
    expect(task.state).toEqual({ status: 'SUCCESSFUL', operation: 'EXECUTE' })
  })

  it('lets other branches run on when one fails, and is FAILED only when nothing runs any more', () => {
    const task = start()
    run(task, task.begin().slice(0, 0))
    task.running(0)
    task.finished(0, done)
    task.running(1)
    task.finished(1, failed)
    expect(task.state.status).toBe('RUNNING')
    task.running(2)
    expect(task.finished(2, done)).toHaveLength(1)
    expect(task.state.status).toBe('FAILED')
    expect(statuses(task)).toEqual(['SUCCESSFUL', 'FAILED', 'SUCCESSFUL', 'PENDING'])
  })

  it('runs the failed subtasks again on retry, and counts the run', () => {
    const task = start()
    run(task, task.begin(), [1])
    const changes = task.retryTask()
    expect(changes).toEqual([
      { index: 1, state: { status: 'READY', operation: 'RETRY', runTime: 2 } },
    ])
    expect(task.state).toEqual({ status: 'RUNNING', operation: 'RETRY' })
    run(task, changes)
    expect(task.state.status).toBe('SUCCESSFUL')
  })

  it('counts a skipped subtask as done and shows that it was skipped', () => {
    const task = start()
    run(task, task.begin(), [2])
    run(task, task.skipSubtask(2))
    expect(task.subtasks[2]).toEqual({ status: 'SUCCESSFUL', operation: 'SKIP', runTime: 1 })
    expect(task.state.status).toBe('SUCCESSFUL')
  })

  it('takes back in reverse order only what ran, and ends SUCCESSFUL with everything PENDING', () => {
    const task = start()
    run(task, task.begin(), [1])
    const changes = task.rollbackTask()
    expect(ready(changes)).toEqual([2, 1])
    task.running(2)
    expect(ready(task.finished(2, done))).toEqual([])
    task.running(1)
    expect(ready(task.finished(1, done))).toEqual([0])
    task.running(0)
    task.finished(0, done)
    expect(task.state).toEqual({ status: 'SUCCESSFUL', operation: 'ROLLBACK' })
    expect(statuses(task)).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING'])
    expect(task.subtasks.map(({ operation }) => operation)).toEqual([
      'ROLLBACK',
      'ROLLBACK',
      'ROLLBACK',
      'EXECUTE',
    ])
  })

  it('can be rolled back again after a rollback failed', () => {
    const task = start()
    run(task, task.begin(), [1])
    run(task, task.rollbackTask(), [1])
    expect(task.state).toEqual({ status: 'FAILED', operation: 'ROLLBACK' })
    expect(task.refuse.retryTask()?.code).toBe('TSK10007')
    run(task, task.rollbackTask())
    expect(task.state).toEqual({ status: 'SUCCESSFUL', operation: 'ROLLBACK' })
  })

  it('goes on rolling back past a subtask that is skipped', () => {
    const task = start()
    run(task, task.begin(), [1])
    run(task, task.rollbackTask(), [1])
    run(task, task.skipSubtask(1))
    expect(task.subtasks[1]).toMatchObject({ status: 'PENDING', operation: 'ROLLBACK_SKIP' })
    expect(task.state.status).toBe('SUCCESSFUL')
  })

  it('marks a cancelled subtask FAILED with operation CANCEL', () => {
    const task = start()
    task.begin()
    task.running(0)
    expect(task.cancelSubtask(0)).toEqual([
      { index: 0, state: { status: 'CANCELING', operation: 'CANCEL', runTime: 1 } },
    ])
    task.finished(0, { ...failed, cancelled: true })
    expect(task.subtasks[0]).toMatchObject({ status: 'FAILED', operation: 'CANCEL' })
    expect(task.state.status).toBe('FAILED')
  })
})

describe('an operation that the state does not allow', () => {
  it.each([
    ['retry of a running task', (task: Task) => task.refuse.retryTask(), 'TSK10007'],
    ['rollback of a running task', (task: Task) => task.refuse.rollbackTask(), 'TSK10007'],
    ['retry of a running subtask', (task: Task) => task.refuse.retrySubtask(0), 'TSK10007'],
    ['skip of a pending subtask', (task: Task) => task.refuse.skipSubtask(1), 'TSK10007'],
    ['cancel of a pending subtask', (task: Task) => task.refuse.cancelSubtask(1), 'TSK10007'],
    [
      'retry of a subtask that does not exist',
      (task: Task) => task.refuse.retrySubtask(99),
      'TSK10001',
    ],
  ])('%s is refused with %3$s', (_, refuse, code) => {
    const task = start()
    task.begin()
    task.running(0)
    expect(refuse(task)?.code).toBe(code)
  })

  it('skip of a subtask that nothing can do without is refused with TSK10010', () => {
    const task = start()
    run(task, task.begin(), [0])
    expect(task.refuse.skipSubtask(0)?.code).toBe('TSK10010')
  })

  it('rollback of a plan that forbids it is refused with TSK10009', () => {
    const oneWay = plan('One way', [once('Go', 'go', { timeout: '1m' })], {
      prohibitRollback: true,
    })
    const task = start(oneWay)
    run(task, task.begin(), [0])
    expect(task.refuse.rollbackTask()?.code).toBe('TSK10009')
  })
})

it('any plan, failing anywhere, ends after retries of what failed or after a rollback', () => {
  fc.assert(
    fc.property(
      anyPlan,
      anyTargets,
      fc.infiniteStream(fc.boolean()),
      fc.boolean(),
      (of, over, dice, back) => {
        const planned = expand(of, over)
        const task = createTask(planned, of)
        const fails = planned
          .map(() => dice.next().value === true)
          .flatMap((fail, index) => (fail ? [index] : []))
        run(task, task.begin(), fails)
        if (task.state.status === 'FAILED' && back) run(task, task.rollbackTask())
        while (task.state.status === 'FAILED') run(task, task.retryTask())
        expect(task.state.status).toBe('SUCCESSFUL')
        const expected =
          task.state.operation === 'ROLLBACK' ? task.counts.PENDING : task.counts.SUCCESSFUL
        expect(expected).toBe(planned.length)
      },
    ),
  )
})
