import { z } from 'zod'
import type { AuditedCall } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { paged } from '../http/envelope.ts'
import { isoTime } from '../http/time.ts'
import { id, idParam, paging } from '../http/validation.ts'
import { pageOf } from '../schemas/envelope.ts'
import * as shapes from '../schemas/iam.ts'
import { taskOf } from '../tasks/find.ts'

const { page, size } = paging('id')
const ofTask = z.strictObject({ page, size })
const ofAll = ofTask.extend({ taskId: id.optional(), username: z.string().optional() })

const show = ({ time, taskId, before, after, ...call }: AuditedCall) => ({
  ...call,
  ...(after !== null && { after }),
  ...(before !== null && { before }),
  ...(taskId !== null && { taskId }),
  time: isoTime(time),
})

/** Who called what. OCP keeps it, too, and has a page and no call for it. */
export function audit(api: Api, { store }: Context): void {
  api.get(
    '/api/v2/audit',
    {
      config: {
        permission: 'AUDIT:*:READ',
        call: {
          tag: 'Users',
          id: 'listAuditedCalls',
          summary: 'List who called what',
          description:
            'Calls of known users that may change something, refused ones too, the newest first. Those that change settings or roles say what was before and after.',
          reply: pageOf(shapes.auditedCall),
        },
      },
      schema: { querystring: ofAll },
    },
    async ({ query }) => paged(await store.audit.list(query, query), query, show),
  )
  api.get(
    '/api/v2/tasks/instances/:id/audit',
    {
      config: {
        permission: 'TASK:*:READ',
        call: {
          tag: 'Tasks',
          id: 'listTaskAudit',
          summary: 'List who did what to a task',
          description: 'The call that made it and those on it, refused ones too, the newest first.',
          reply: pageOf(shapes.auditedCall),
        },
      },
      schema: { params: idParam, querystring: ofTask },
    },
    async ({ params, query }) => {
      const { id: taskId } = await taskOf(store, params.id)
      return paged(await store.audit.list({ taskId }, query), query, show)
    },
  )
}
