import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Ask } from '../../plan/ask.ts'
import type { Api, Context } from '../context.ts'
import type { Call } from '../http/call.ts'
import { data, done } from '../http/envelope.ts'
import { dryRunQuery, isDryRun, rehearsed } from '../http/rehearsal.ts'
import { idParam } from '../http/validation.ts'
import { nothing, one } from '../schemas/envelope.ts'
import * as shapes from '../schemas/tasks.ts'
import { subtaskOf, subtaskParams, taskOf, taskPaths } from './find.ts'
import { readerOf } from './reader.ts'
import { mayRollBack } from './rollbackRights.ts'
import { showSubtask, showTask } from './show.ts'

/** The config of a call that changes a task. */
const change = (call: Omit<Call, 'tag'>) =>
  ({ permission: 'TASK:*:UPDATE', call: { tag: 'Tasks', ...call } }) as const

type Called = FastifyRequest<{ Params: { id: number } }>

/**
 * What may be done to a task: retry, rollback; and to a subtask: retry, skip, cancel. Each is
 * accepted in the store, also while Temporal is down. What the state does not allow is refused with
 * OCP's code, so that of two clicks one counts and nothing is done twice.
 */
export function taskOperations(api: Api, context: Context): void {
  for (const path of taskPaths) operationsBelow(path, api, context)
}

function operationsBelow(
  { below: path, suffix }: (typeof taskPaths)[number],
  api: Api,
  context: Context,
): void {
  const { store, operations, launch, config: settings } = context
  const ask = async (taskId: number, what: Ask, roles: readonly string[]): Promise<void> => {
    const task = await taskOf(store, taskId)
    const skips = what.operation === 'skipSubtask' && task.operation === 'ROLLBACK'
    const rollsBack = what.operation === 'rollbackTask' || skips
    if (rollsBack && !mayRollBack(roles, task.workflow)) throw new Refused({ code: 'IAM11000' })
    await operations.operate(taskId, what)
    launch(taskId)
  }
  const asTask = async (request: Called, operation: 'retryTask' | 'rollbackTask') => {
    const { id } = request.params
    await ask(id, { operation }, request.callerRoles)
    return data(showTask(await taskOf(store, id), readerOf(settings, request)))
  }

  api.post(
    `${path}/:id/retry`,
    {
      config: change({
        id: `retryTask${suffix}`,
        summary: 'Retry a task',
        description:
          'Runs every FAILED subtask again. Only a FAILED task can be retried, and not while it rolls back.',
        reply: one(shapes.task),
      }),
      schema: { params: idParam },
    },
    (request) => asTask(request, 'retryTask'),
  )
  api.post(
    `${path}/:id/rollback`,
    {
      config: change({
        id: `rollbackTask${suffix}`,
        summary: 'Roll back a task',
        description:
          'Removes what the task has made, in reverse order, and nothing else. Only a FAILED task can be rolled back. With `dryRun=true` it answers what would be undone, and where to look.',
        reply: one(z.union([shapes.task, shapes.rehearsal])),
      }),
      schema: { params: idParam, querystring: dryRunQuery },
    },
    async (request) => {
      if (!isDryRun(request)) return asTask(request, 'rollbackTask')
      const { id } = request.params
      const { workflow } = await taskOf(store, id)
      if (!mayRollBack(request.callerRoles, workflow)) throw new Refused({ code: 'IAM11000' })
      return rehearsed(context, {
        request,
        change: 'REMOVE',
        rehearse: () => operations.rehearseRollback(id),
      })
    },
  )
  api.post(
    `${path}/:id/subtasks/:subtaskId/retry`,
    {
      config: change({
        id: `retrySubtask${suffix}`,
        summary: 'Retry a subtask',
        description: 'Runs one FAILED subtask again.',
        reply: one(shapes.subtask),
      }),
      schema: { params: subtaskParams },
    },
    async (request) => {
      const { id, subtaskId } = request.params
      await ask(id, { operation: 'retrySubtask', subtaskId }, request.callerRoles)
      return data(showSubtask(await subtaskOf(store, id, subtaskId), readerOf(settings, request)))
    },
  )
  api.post(
    `${path}/:id/subtasks/:subtaskId/skip`,
    {
      config: change({
        id: `skipSubtask${suffix}`,
        summary: 'Skip a subtask',
        description:
          'Counts a FAILED subtask as done without running it. Refused where `prohibitSkip` is true.',
        reply: nothing,
      }),
      schema: { params: subtaskParams },
    },
    async ({ params: { id, subtaskId }, callerRoles }) => {
      await ask(id, { operation: 'skipSubtask', subtaskId }, callerRoles)
      return done
    },
  )
  api.post(
    `${path}/:id/subtasks/:subtaskId/cancel`,
    {
      config: change({
        id: `cancelSubtask${suffix}`,
        summary: 'Cancel a subtask',
        description: 'Stops a RUNNING subtask, on its host too. It is FAILED then.',
        reply: nothing,
      }),
      schema: { params: subtaskParams },
    },
    async ({ params: { id, subtaskId }, callerRoles }) => {
      await ask(id, { operation: 'cancelSubtask', subtaskId }, callerRoles)
      return done
    },
  )
}
