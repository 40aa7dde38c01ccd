import { z } from 'zod'
import { subtaskStatuses, taskStatuses, taskTypes } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { data, paged } from '../http/envelope.ts'
import { id, idParam, list, paging } from '../http/validation.ts'
import { one, pageOf } from '../schemas/envelope.ts'
import * as shapes from '../schemas/tasks.ts'
import { taskDiagnosis } from './diagnosis.ts'
import { taskEvents } from './events.ts'
import { noTask, subtaskOf, subtaskParams, taskPaths } from './find.ts'
import { printLog } from './log.ts'
import { taskOperations } from './operations.ts'
import { readerOf } from './reader.ts'
import { showBasicTask, showSubtask } from './show.ts'
import { wholeTasks } from './whole.ts'

const query = z.strictObject({
  ...paging('id', 'name', 'status', 'startTime', 'finishTime'),
  name: z.string().optional(),
  status: list(z.enum(taskStatuses)).optional(),
  type: z.enum(taskTypes).optional(),
  clusterName: z.string().optional(),
  /** The same as OCP's table spells it. */
  cluterName: z.string().optional(),
  clusterId: id.optional(),
  tenantName: z.string().optional(),
  tenantId: id.optional(),
  hostId: id.optional(),
  // Not OCP's: its list cannot be asked for the tasks of an OBProxy cluster.
  obproxyClusterId: id.optional(),
})

const subtaskQuery = z.strictObject({
  ...paging('id', 'name', 'status', 'startTime', 'finishTime'),
  name: z.string().optional(),
  status: list(z.enum(subtaskStatuses)).optional(),
  hostId: id.optional(),
  zone: z.string().optional(),
})

/**
 * OCP's `/api/v2/tasks/instances`, and `/api/v2/tasks/{id}` as its Terraform provider asks for it.
 */
export function tasks(api: Api, context: Context): void {
  const { store, config } = context
  const path = '/api/v2/tasks/instances'
  const whole = wholeTasks(store)

  api.get(
    path,
    {
      config: {
        permission: 'TASK:*:READ',
        call: {
          tag: 'Tasks',
          id: 'listTaskInstances',
          summary: 'List tasks',
          reply: pageOf(shapes.basicTask),
        },
      },
      schema: { querystring: query },
    },
    async (request) => {
      const { tenantName, tenantId, cluterName, ...asked } = request.query
      const filter = { ...asked, clusterName: asked.clusterName ?? cluterName }
      // No task here is about a tenant.
      const noTenant = tenantName === undefined && tenantId === undefined
      const page = noTenant ? await store.tasks.list(filter, filter) : { contents: [], total: 0 }
      const reader = readerOf(config, request)
      return paged(page, filter, (task) => showBasicTask(task, reader))
    },
  )
  for (const { below, suffix } of taskPaths) {
    api.get(
      `${below}/:id`,
      {
        config: {
          permission: 'TASK:*:READ',
          call: {
            tag: 'Tasks',
            id: `getTask${suffix}`,
            summary: 'Get a task with its subtasks',
            description:
              'A FAILED subtask carries `error`: a code, what was seen, what mends it and on which host.',
            reply: one(shapes.task),
          },
        },
        schema: { params: idParam },
      },
      (request, reply) => whole(reply, request.params.id, readerOf(config, request)),
    )
  }
  // OCP has no such call. A task of a thousand hosts has ten thousand subtasks; callers want a few.
  api.get(
    `${path}/:id/subtasks`,
    {
      config: {
        permission: 'TASK:*:READ',
        call: {
          tag: 'Tasks',
          id: 'listSubtasks',
          summary: 'List the subtasks of a task',
          description:
            'In the order of the plan, or as `sort` says. Made for wide tasks: it gives those that ' +
            'failed, or those of one host, without all the others.',
          reply: pageOf(shapes.subtask),
        },
      },
      schema: { params: idParam, querystring: subtaskQuery },
    },
    async (request) => {
      const { params, query } = request
      const page = await store.tasks.subtasks(params.id, query, query)
      // No match is an empty page; only a task that does not exist is refused.
      if (page.total === 0 && !(await store.tasks.exists(params.id))) throw noTask(params.id)
      const reader = readerOf(config, request)
      return paged(page, query, (subtask) => showSubtask(subtask, reader))
    },
  )
  api.get(
    `${path}/:id/subtasks/:subtaskId/log`,
    {
      config: {
        permission: 'TASK:*:READ',
        call: {
          tag: 'Tasks',
          id: 'getSubtaskLog',
          summary: 'Get the log of a subtask',
          reply: one(shapes.subtaskLog),
        },
      },
      schema: { params: subtaskParams },
    },
    async ({ params }) => {
      const subtask = await subtaskOf(store, params.id, params.subtaskId)
      const traceId = await store.tasks.traceId(params.id)
      return data({ log: printLog(subtask, await store.tasks.logOf(subtask.id), traceId) })
    },
  )
  taskOperations(api, context)
  taskDiagnosis(api, context)
  taskEvents(api, context)
}
