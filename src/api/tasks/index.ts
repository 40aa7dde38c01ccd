import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { type TaskWithSubtasks, taskStatuses, taskTypes } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { data, paged } from '../envelope.ts'
import { id, idParam, list, paging } from '../validation.ts'
import { printLog } from './log.ts'
import { showBasicTask, showTask } from './show.ts'

const query = z.strictObject({
  ...paging('id', 'name', 'status', 'startTime', 'finishTime'),
  name: z.string().optional(),
  status: list(z.enum(taskStatuses)).optional(),
  type: z.enum(taskTypes).optional(),
  clusterName: z.string().optional(),
  clusterId: id.optional(),
  tenantName: z.string().optional(),
  tenantId: id.optional(),
  hostId: id.optional(),
})

const subtaskParams = z.object({ id, subtaskId: id })

/** OCP's `/api/v2/tasks/instances`, and `/api/v2/tasks/{id}` as its Terraform provider asks for it. */
export function tasks(api: Api, { store }: Context): void {
  const path = '/api/v2/tasks/instances'

  const taskOf = async (taskId: number): Promise<TaskWithSubtasks> => {
    const task = await store.tasks.get(taskId)
    if (!task) throw new Refused({ code: 'TSK10001', args: [taskId] })
    return task
  }

  api.get(path, { schema: { querystring: query } }, async ({ query: { tenantName, tenantId, ...filter } }) => {
    // No task here is about a tenant.
    const page = tenantName ?? tenantId
    return paged(page === undefined ? await store.tasks.list(filter, filter) : { contents: [], total: 0 }, filter, showBasicTask)
  })
  for (const one of [`${path}/:id`, '/api/v2/tasks/:id']) {
    api.get(one, { schema: { params: idParam } }, async ({ params }) => data(showTask(await taskOf(params.id))))
  }
  api.get(`${path}/:id/subtasks/:subtaskId/log`, { schema: { params: subtaskParams } }, async ({ params }) => {
    const subtask = await store.tasks.subtask(params.id, params.subtaskId)
    if (!subtask) throw new Refused({ code: 'TSK10001', args: [`${params.id}/${params.subtaskId}`] })
    const traceId = await store.tasks.traceId(params.id)
    return data({ log: printLog(subtask, await store.tasks.logOf(subtask.id), traceId) })
  })
}
