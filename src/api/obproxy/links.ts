import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { type Asked, linkObproxy, type Operation, unlinkObproxy } from '../../operations/index.ts'
import type { Store, TaskWithSubtasks } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Api, Context } from '../context.ts'
import { data, done } from '../http/envelope.ts'
import { dryRunQuery, isDryRun, rehearsed } from '../http/rehearsal.ts'
import { id, idParam } from '../http/validation.ts'
import { perhaps } from '../schemas/envelope.ts'
import { obproxyTask } from '../schemas/obproxy.ts'
import { rehearsal } from '../schemas/tasks.ts'
import { readerOf } from '../tasks/reader.ts'
import { obLinks } from './request.ts'
import { usernames } from './rules.ts'
import { showObproxyTask } from './show.ts'

/** OCP answers these calls when they are done. Its clients wait about a minute for an answer. */
const patienceMs = 45_000
const lookEveryMs = 100
const orAtOnce = 'With `wait=false` it answers with the task at once.'

/**
 * Waits for a task that a call without data stands for. What it does on hosts is the worker's; a
 * task that failed, or that goes on after the patience, is answered as an error that names it, for
 * it can be looked at, retried and rolled back like any other.
 */
async function ended(
  store: Store,
  { id: taskId }: TaskWithSubtasks,
  closing: () => boolean,
): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const task = await store.tasks.get(taskId)
    if (task?.status === 'SUCCESSFUL') return
    if (task?.status === 'FAILED') {
      const cause = task.subtasks.find((subtask) => subtask.status === 'FAILED')?.cause
      const why = cause
        ? say`${cause.code} ${cause.said?.message ?? cause.message}`
        : say`see its log`
      throw new Refused({
        code: 'OBE10002',
        args: [say`task ${taskId} "${task.name}" failed (retry it or roll it back): ${why}`],
      })
    }
    if (Date.now() > deadline || closing())
      throw new Refused({
        code: 'COM10004',
        args: [say`task ${taskId} goes on; look at it instead`],
      })
    await sleep(lookEveryMs)
  }
}

/** OCP's answer has no data: a caller who wants to follow the task says `wait=false`. */
const linkQuery = dryRunQuery.extend({ wait: z.enum(['true', 'false']).optional() })

const linkParams = z.object({ id, obClusterName: z.string().min(1).max(64) })

/** OCP's `/api/v2/obproxy/clusters/{id}/obLinks`: which clusters the proxies serve. */
export function obproxyLinks(api: Api, context: Context): void {
  const { store, operations, config, begin } = context
  const path = '/api/v2/obproxy/clusters/:id/obLinks'
  const permission = 'OBPROXY:*:UPDATE'
  let closing = false
  // A server that stops must not wait for what workers do.
  api.addHook('preClose', async () => {
    closing = true
  })
  const carriedOut = async <Request>(
    request: FastifyRequest<{ Querystring: z.infer<typeof linkQuery> }>,
    operation: Operation<string, Request>,
    wanted: Request,
  ) => {
    const asked: Asked<Request> = {
      request: wanted,
      creator: callerOf(request),
      traceId: request.id,
    }
    const rehearse = () => operations.rehearse(operation, asked)
    if (isDryRun(request)) return rehearsed(context, { request, change: 'NONE', rehearse })
    const accepted = await operations.accept(operation, asked)
    const task = accepted.task
    request.madeTask = task.id
    begin(accepted)
    if (request.query.wait === 'false')
      return data(showObproxyTask(task, readerOf(config, request)))
    await ended(store, task, () => closing)
    return done
  }

  api.post(
    `${path}/batchAdd`,
    {
      config: {
        permission,
        call: {
          tag: 'OBProxy',
          id: 'addObLinks',
          summary: 'Let an OBProxy cluster serve clusters',
          description: `Answers when the proxies know the clusters, or names the task after 45 seconds. ${orAtOnce}`,
          reply: perhaps(z.union([obproxyTask, rehearsal])),
        },
      },
      schema: { params: idParam, body: obLinks, querystring: linkQuery },
    },
    async (request) => {
      const { body: wanted, params } = request
      const refused = usernames(wanted, 'body')
      if (refused.length > 0)
        throw new Refused({
          code: 'COM10003',
          args: [say`this system does not support ${refused}`],
        })
      return carriedOut(request, linkObproxy, { obproxyClusterId: params.id, wanted })
    },
  )
  api.delete(
    `${path}/:obClusterName`,
    {
      config: {
        permission,
        call: {
          tag: 'OBProxy',
          id: 'deleteObLink',
          summary: 'Unlink a cluster from an OBProxy cluster',
          description: `Answers when it is done, or names the task after 45 seconds. ${orAtOnce}`,
          reply: perhaps(z.union([obproxyTask, rehearsal])),
        },
      },
      schema: { params: linkParams, querystring: linkQuery },
    },
    async (request) => {
      const { id: obproxyClusterId, obClusterName: wanted } = request.params
      return carriedOut(request, unlinkObproxy, { obproxyClusterId, wanted })
    },
  )
}
