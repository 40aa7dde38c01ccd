import type { FastifyRequest } from 'fastify'
import { type Finding, Refused } from '../../errors/refused.ts'
import type { Ask } from '../../plan/ask.ts'
import type { Refusal } from '../../plan/states.ts'
import type { Subtask, TaskWithSubtasks } from '../../store/index.ts'
import { bodiless } from '../bodiless.ts'
import type { Api, Context } from '../context.ts'
import { data, done } from '../envelope.ts'
import { idParam } from '../validation.ts'
import { subtaskOf, subtaskParams, taskOf } from './find.ts'
import { readerOf } from './reader.ts'
import { mayRollBack } from './rollbackRights.ts'
import { showSubtask, showTask } from './show.ts'

const config = { permission: 'TASK:*:UPDATE' } as const
const ofTask = { config, schema: { params: idParam } }
const ofSubtask = { config, schema: { params: subtaskParams } }

type Called = FastifyRequest<{ Params: { id: number } }>

/**
 * What may be done to a task: retry, rollback; and to a subtask: retry, skip, cancel. Each is answered once the run has taken it up. What the
 * state does not allow is refused with OCP's code, so that of two clicks one counts and nothing is done twice.
 */
export function taskOperations(api: Api, context: Context): void {
  bodiless(api, (calls) => {
    for (const path of ['/api/v2/tasks/instances', '/api/v2/tasks']) operationsBelow(path, calls, context)
  })
}

function operationsBelow(path: string, api: Api, { store, operate, config: settings }: Context): void {
  const ask = async (taskId: number, what: Ask, roles: readonly string[]): Promise<void> => {
    const task = await taskOf(store, taskId)
    const rollsBack = what.operation === 'rollbackTask' || (what.operation === 'skipSubtask' && task.operation === 'ROLLBACK')
    if (rollsBack && !mayRollBack(roles, task.workflow)) throw new Refused({ code: 'IAM11000' })
    const subtask = 'subtaskId' in what ? await subtaskOf(store, taskId, what.subtaskId) : undefined
    await store.tasks.refuseOperation(taskId, what.operation)
    const answer = await operate(task, what)
    if (answer === 'accepted') return
    // A run that has ended can do nothing more; how it ended is in the store.
    const refusal = answer === 'ended' ? endedAs(await taskOf(store, taskId), subtask) : answer
    throw new Refused(inWords(refusal, task, subtask))
  }
  const asTask = async (request: Called, operation: 'retryTask' | 'rollbackTask') => {
    const { id } = request.params
    await ask(id, { operation }, request.callerRoles)
    return data(showTask(await taskOf(store, id), readerOf(settings, request)))
  }

  api.post(`${path}/:id/retry`, ofTask, (request) => asTask(request, 'retryTask'))
  api.post(`${path}/:id/rollback`, ofTask, (request) => asTask(request, 'rollbackTask'))
  api.post(`${path}/:id/subtasks/:subtaskId/retry`, ofSubtask, async (request) => {
    const { id, subtaskId } = request.params
    await ask(id, { operation: 'retrySubtask', subtaskId }, request.callerRoles)
    return data(showSubtask(await subtaskOf(store, id, subtaskId), readerOf(settings, request)))
  })
  api.post(`${path}/:id/subtasks/:subtaskId/skip`, ofSubtask, async ({ params: { id, subtaskId }, callerRoles }) => {
    await ask(id, { operation: 'skipSubtask', subtaskId }, callerRoles)
    return done
  })
  api.post(`${path}/:id/subtasks/:subtaskId/cancel`, ofSubtask, async ({ params: { id, subtaskId }, callerRoles }) => {
    await ask(id, { operation: 'cancelSubtask', subtaskId }, callerRoles)
    return done
  })
}

const endedAs = (task: TaskWithSubtasks, subtask: Subtask | undefined): Refusal => {
  const now = task.subtasks.find(({ id }) => id === subtask?.id)
  return { code: 'TSK10007', args: ['', now?.status ?? task.status] }
}

/** The workflow knows its subtasks by number only; who reads a refusal wants to know which one it is about, and its state. */
function inWords({ code, args }: Refusal, task: TaskWithSubtasks, subtask: Subtask | undefined): Finding {
  const what = subtask ? `${task.id}/${subtask.id} "${subtask.name}"${subtask.ip === null ? '' : ` on ${subtask.ip}`}` : task.id
  return code === 'TSK10007' ? { code, args: [what, args[1] ?? task.status] } : { code, args: [what] }
}
