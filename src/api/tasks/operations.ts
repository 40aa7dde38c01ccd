import type { FastifyRequest } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import type { Ask } from '../../plan/ask.ts'
import type { Api, Context } from '../context.ts'
import { data, done } from '../http/envelope.ts'
import { dryRunQuery, isDryRun, rehearsed } from '../http/rehearsal.ts'
import { idParam } from '../http/validation.ts'
import { subtaskOf, subtaskParams, taskOf } from './find.ts'
import { readerOf } from './reader.ts'
import { mayRollBack } from './rollbackRights.ts'
import { showSubtask, showTask } from './show.ts'

const config = { permission: 'TASK:*:UPDATE' } as const
const ofTask = { config, schema: { params: idParam } }
const ofRollback = { config, schema: { params: idParam, querystring: dryRunQuery } }
const ofSubtask = { config, schema: { params: subtaskParams } }

type Called = FastifyRequest<{ Params: { id: number } }>

/**
 * What may be done to a task: retry, rollback; and to a subtask: retry, skip, cancel. Each is
 * accepted in the store, also while Temporal is down. What the state does not allow is refused with
 * OCP's code, so that of two clicks one counts and nothing is done twice.
 */
export function taskOperations(api: Api, context: Context): void {
  for (const path of ['/api/v2/tasks/instances', '/api/v2/tasks'])
    operationsBelow(path, api, context)
}

function operationsBelow(path: string, api: Api, context: Context): void {
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

  api.post(`${path}/:id/retry`, ofTask, (request) => asTask(request, 'retryTask'))
  api.post(`${path}/:id/rollback`, ofRollback, async (request) => {
    if (!isDryRun(request)) return asTask(request, 'rollbackTask')
    const { id } = request.params
    const { workflow } = await taskOf(store, id)
    if (!mayRollBack(request.callerRoles, workflow)) throw new Refused({ code: 'IAM11000' })
    return rehearsed(context, {
      request,
      change: 'REMOVE',
      rehearse: () => operations.rehearseRollback(id),
    })
  })
  api.post(`${path}/:id/subtasks/:subtaskId/retry`, ofSubtask, async (request) => {
    const { id, subtaskId } = request.params
    await ask(id, { operation: 'retrySubtask', subtaskId }, request.callerRoles)
    return data(showSubtask(await subtaskOf(store, id, subtaskId), readerOf(settings, request)))
  })
  api.post(
    `${path}/:id/subtasks/:subtaskId/skip`,
    ofSubtask,
    async ({ params: { id, subtaskId }, callerRoles }) => {
      await ask(id, { operation: 'skipSubtask', subtaskId }, callerRoles)
      return done
    },
  )
  api.post(
    `${path}/:id/subtasks/:subtaskId/cancel`,
    ofSubtask,
    async ({ params: { id, subtaskId }, callerRoles }) => {
      await ask(id, { operation: 'cancelSubtask', subtaskId }, callerRoles)
      return done
    },
  )
}
