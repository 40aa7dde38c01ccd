import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { noSubtask } from '../../operations/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Api, Context } from '../context.ts'
import type { Call } from '../http/call.ts'
import { idParam } from '../http/validation.ts'
import type { Telling } from '../live/feed.ts'
import { lastEventId } from '../live/frame.ts'
import { logFeed } from '../live/logFeed.ts'
import { taskFeed } from '../live/taskFeed.ts'
import { noTask, subtaskParams } from './find.ts'
import { readerOf } from './reader.ts'

/** An EventSource sends no header of its own. */
const language = z.enum(['en', 'zh']).optional()
const taskQuery = z.strictObject({ language, form: z.enum(['whole', 'compact']).optional() })
const logQuery = z.strictObject({ language })
type Asked = z.infer<typeof taskQuery>

const resumable =
  '`Last-Event-ID` resumes, at any API process; 204 says that nothing is left to tell. A silent stream sends a comment every 10 s. It is cut after an hour, and when the login no longer holds: come back. A reader who is slow gets the newest state instead of each one.'

const permission = 'TASK:*:READ'
const config = (call: Omit<Call, 'tag' | 'bare' | 'also'>) =>
  ({
    permission,
    bare: true,
    stream: true,
    call: {
      tag: 'Tasks',
      ...call,
      bare: { type: 'text/event-stream', schema: z.string() },
      also: { 204: z.string() },
    },
  }) as const

/** What goes on in a task, as server-sent events. OCP has nothing like it: its page polls. */
export function taskEvents(api: Api, { store, streams, config: settings }: Context): void {
  const path = '/api/v2/tasks/instances/:id'
  const asked = (request: FastifyRequest, query: Asked) => {
    const reader = readerOf(settings, request)
    const telling: Telling = {
      ...reader,
      language: query.language ?? reader.language,
      compact: query.form === 'compact',
    }
    const { id: userId } = callerOf(request)
    const after = lastEventId(request.headers['last-event-id'])
    return { reader: { userId, session: request.session, permission }, telling, after } as const
  }
  const answer = (reply: FastifyReply, stream: Readable | 'known') =>
    stream === 'known'
      ? reply.code(204).send()
      : // nginx would gather events before it passes them on.
        reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream)

  api.get(
    `${path}/events`,
    {
      exposeHeadRoute: false,
      config: config({
        id: 'followTask',
        summary: 'Follow a task',
        description: `Server-sent events. \`task\`: the task as \`GET /api/v2/tasks/instances/{id}\` shows it; with \`form=compact\` its subtasks are lists, \`rows\`, in the order of \`columns\`. Then \`changes\`: \`task\` with its state, and \`subtasks\` that changed, each whole; with \`form=compact\` \`columns\` and \`rows\` of what may change in them. \`end\`: it has ended for good; a FAILED task that waits for a retry has not. ${resumable}`,
      }),
      schema: { params: idParam, querystring: taskQuery },
    },
    async (request, reply) => {
      const { id } = request.params
      const make = () => taskFeed(store, id)
      const stream = await streams.open(`task/${id}`, make, asked(request, request.query))
      if (stream === 'missing') throw noTask(id)
      return answer(reply, stream)
    },
  )
  api.get(
    `${path}/subtasks/:subtaskId/log/events`,
    {
      exposeHeadRoute: false,
      config: config({
        id: 'followSubtaskLog',
        summary: 'Follow the log of a subtask',
        description: `Server-sent events \`log\`: the field \`log\` is all of it where \`from\` is \`start\`, and what was added where it is \`tail\`. Of a log of more than 5,000 lines the last are told. \`end\`: the subtask is SUCCESSFUL, or its task has ended for good. ${resumable}`,
      }),
      schema: { params: subtaskParams, querystring: logQuery },
    },
    async (request, reply) => {
      const { id, subtaskId } = request.params
      const make = () => logFeed(store, id, subtaskId)
      const stream = await streams.open(
        `log/${id}/${subtaskId}`,
        make,
        asked(request, request.query),
      )
      if (stream === 'missing') throw noSubtask(id, subtaskId)
      return answer(reply, stream)
    },
  )
}
