import { z } from 'zod'
import { Refused, refuseAny } from '../../errors/refused.ts'
import {
  createObproxyCluster,
  deleteObproxyCluster,
  type NewObproxy,
} from '../../operations/index.ts'
import { Secret } from '../../quote.ts'
import { obproxyStatuses } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Api, Context } from '../context.ts'
import { answersWithTask } from '../http/call.ts'
import { data, paged } from '../http/envelope.ts'
import { dryRunQuery, isDryRun, rehearsed } from '../http/rehearsal.ts'
import { idParam, list, paging } from '../http/validation.ts'
import { one, pageOf } from '../schemas/envelope.ts'
import * as obproxyShapes from '../schemas/obproxy.ts'
import * as tasksShapes from '../schemas/tasks.ts'
import { readerOf } from '../tasks/reader.ts'
import { configUrlOf } from './configUrl.ts'
import { obproxyLinks } from './links.ts'
import { type CreateObproxy, changedObproxy, createObproxy } from './request.ts'
import { objections, portsOf } from './rules.ts'
import { showObproxy, showObproxyTask } from './show.ts'

function newObproxy(body: CreateObproxy, configUrl: string | undefined): NewObproxy {
  const { rpcPort, ...ports } = portsOf(body)
  const { hostIds, version } = body.obproxyInstallParam
  return {
    name: body.name,
    address: body.address,
    port: body.port,
    workMode: configUrl === undefined ? 'RS_LIST' : 'CONFIG_URL',
    configUrl,
    hostIds,
    version,
    ...ports,
    links: body.obLinks,
    startupParameters: [
      ...(rpcPort === undefined ? [] : [{ name: 'rpc_listen_port', value: String(rpcPort) }]),
      ...body.startupParameters,
    ],
    parameters: body.parameters,
    ...(body.password !== undefined && { password: new Secret(body.password) }),
    ...(body.proxyroPassword !== undefined && {
      proxyroPassword: new Secret(body.proxyroPassword),
    }),
  }
}

const query = z.strictObject({
  ...paging('id', 'name', 'createTime'),
  name: z.string().optional(),
  status: list(z.enum(obproxyStatuses)).optional(),
})

/** Room for as many parameters as are taken, each as long as it may be. */
const bodyLimit = 512 * 1024

const changeObproxy = {
  tag: 'OBProxy',
  summary: 'Change the address of an OBProxy cluster',
  description: 'Sets the address and port that clients are told. Nothing on hosts changes.',
  reply: one(obproxyShapes.obproxyCluster),
} as const

/** OCP's `/api/v2/obproxy/clusters`. */
export function obproxy(api: Api, context: Context): void {
  const { store, operations, config, begin } = context
  const path = '/api/v2/obproxy/clusters'

  api.post(
    path,
    {
      config: {
        permission: 'OBPROXY:*:CREATE',
        call: {
          tag: 'OBProxy',
          id: 'createObproxyCluster',
          summary: 'Create an OBProxy cluster',
          description: `Installs OBProxy on the hosts of the request, or makes an empty OBProxy cluster without hosts. ${answersWithTask}`,
          reply: one(z.union([obproxyShapes.obproxyTask, tasksShapes.rehearsal])),
        },
      },
      schema: { body: createObproxy, querystring: dryRunQuery },
      bodyLimit,
    },
    async (request) => {
      const { body } = request
      refuseAny(objections(body))
      const byUrl = body.workMode === 'CONFIG_URL'
      const configUrl = byUrl
        ? configUrlOf(config, request, body.name, body.obproxyInstallParam.hostIds.length)
        : undefined
      const wanted = {
        request: newObproxy(body, configUrl),
        creator: callerOf(request),
        traceId: request.id,
      }
      if (isDryRun(request)) {
        const rehearse = () => operations.rehearse(createObproxyCluster, wanted)
        return rehearsed(context, { request, change: 'MAKE', rehearse })
      }
      const accepted = await operations.accept(createObproxyCluster, {
        ...wanted,
        ...(body.clientToken && {
          clientToken: { token: body.clientToken, body: JSON.stringify(body) },
        }),
      })
      const task = accepted.task
      request.madeTask = task.id
      begin(accepted)
      return data(showObproxyTask(task, readerOf(config, request)))
    },
  )
  api.get(
    path,
    {
      config: {
        permission: 'OBPROXY:*:READ',
        call: {
          tag: 'OBProxy',
          id: 'listObproxyClusters',
          summary: 'List OBProxy clusters',
          reply: pageOf(obproxyShapes.obproxyCluster),
        },
      },
      schema: { querystring: query },
    },
    async ({ query }) => paged(await store.obproxy.list(query, query), query, showObproxy),
  )
  const shown = async (id: number) => {
    const found = await store.obproxy.get(id)
    if (!found) throw new Refused({ code: 'ODP21001', args: [id] })
    return data(showObproxy(found))
  }
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'OBPROXY:*:READ',
        call: {
          tag: 'OBProxy',
          id: 'getObproxyCluster',
          summary: 'Get an OBProxy cluster',
          reply: one(obproxyShapes.obproxyCluster),
        },
      },
      schema: { params: idParam },
    },
    ({ params }) => shown(params.id),
  )
  api.route({
    // OCP's page shows the request and the reply, but not the method.
    method: ['PUT', 'PATCH'],
    url: `${path}/:id`,
    config: {
      permission: 'OBPROXY:*:UPDATE',
      call: {
        PUT: { id: 'putObproxyCluster', ...changeObproxy },
        PATCH: { id: 'updateObproxyCluster', ...changeObproxy },
      },
    },
    schema: { params: idParam, body: changedObproxy },
    handler: async (request) => {
      const { body } = request
      const { id } = request.params
      const { address, port } = (await store.obproxy.get(id)) ?? {}
      await store.obproxy.setAddress(id, body)
      if (address !== undefined && port !== undefined)
        request.changed = { before: { address, port }, after: body }
      return shown(id)
    },
  })
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'OBPROXY:*:DELETE',
        call: {
          tag: 'OBProxy',
          id: 'deleteObproxyCluster',
          summary: 'Delete an OBProxy cluster',
          description: `Stops its proxies, removes them from their hosts and frees those. ${answersWithTask}`,
          reply: one(z.union([obproxyShapes.obproxyTask, tasksShapes.rehearsal])),
        },
      },
      schema: { params: idParam, querystring: dryRunQuery },
    },
    async (request) => {
      const wanted = {
        request: { obproxyClusterId: request.params.id },
        creator: callerOf(request),
        traceId: request.id,
      }
      if (isDryRun(request)) {
        const rehearse = () => operations.rehearse(deleteObproxyCluster, wanted)
        return rehearsed(context, { request, change: 'REMOVE', rehearse })
      }
      const accepted = await operations.accept(deleteObproxyCluster, wanted)
      const task = accepted.task
      request.madeTask = task.id
      begin(accepted)
      return data(showObproxyTask(task, readerOf(config, request)))
    },
  )
  obproxyLinks(api, context)
}
