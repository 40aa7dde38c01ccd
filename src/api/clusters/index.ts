import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refused, refuseAny } from '../../errors/refused.ts'
import {
  type Accepted,
  creates,
  deletes,
  type NewCluster,
  type Operation,
  restartCluster,
} from '../../operations/index.ts'
import { Secret } from '../../quote.ts'
import { type Cluster, clusterStatuses } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Api, Context } from '../context.ts'
import { answersWithTask } from '../http/call.ts'
import { contents, data, paged } from '../http/envelope.ts'
import { type Change, dryRunQuery, isDryRun, rehearsed } from '../http/rehearsal.ts'
import { id, idParam, list, paging } from '../http/validation.ts'
import * as clustersShapes from '../schemas/clusters.ts'
import { contentsOf, one, pageOf } from '../schemas/envelope.ts'
import * as tasksShapes from '../schemas/tasks.ts'
import { readerOf } from '../tasks/reader.ts'
import { showCreated } from '../tasks/show.ts'
import { dryRun } from './dryRun.ts'
import { attributesOf, type CreateRequest, createRequest, rpmNamesOf } from './request.ts'
import { objections } from './rules.ts'
import { showCluster, showServer, showZone } from './show.ts'

function newCluster(request: CreateRequest): NewCluster {
  const { installPath, dataDiskPath, logDiskPath, operatingSystemUser, sqlPort, svrPort } =
    attributesOf(request)
  const { obproxyUserPassword } = request
  return {
    name: request.name,
    type: request.type,
    ...(request.primaryClusterInfo && {
      primaryObClusterId: request.primaryClusterInfo.obClusterId,
    }),
    rpmName: rpmNamesOf(request)[0] ?? '',
    password: new Secret(request.password),
    obClusterId: request.obClusterId ?? undefined,
    fullVersion: request.fullVersion ?? undefined,
    primaryZone: request.primaryZone ?? '',
    sqlPort,
    rpcPort: svrPort,
    installPath,
    dataPath: dataDiskPath,
    logPath: logDiskPath,
    osUser: operatingSystemUser,
    startupParameters: request.startupParameters ?? [],
    obproxyClusterIds: [...new Set(request.obproxyClusterIds ?? [])],
    ...(obproxyUserPassword && { proxyroPassword: new Secret(obproxyUserPassword) }),
    zones: request.zones,
  }
}

const query = z.strictObject({
  ...paging('id', 'name', 'status', 'createTime', 'obClusterId'),
  name: z.string().optional(),
  status: list(z.enum(clusterStatuses)).optional(),
  withStandby: z.enum(['true', 'false']).optional(),
})
const serverQuery = z.strictObject({
  regionName: z.string().optional(),
  idcName: z.string().optional(),
})
/** An operation on a cluster that is there, and what it does on hosts with what lies there. */
interface OnCluster {
  readonly operation: Operation<string, { readonly clusterId: number }>
  readonly change: Change
  readonly clusterId: number
}

const zoneParams = z.object({ id, zoneName: z.string() })

/** OCP's `/api/v2/ob/clusters`. */
export function clusters(api: Api, context: Context): void {
  const { store, operations, config, begin } = context
  const path = '/api/v2/ob/clusters'

  const clusterOf = async (clusterId: number): Promise<Cluster> => {
    const cluster = await store.clusters.get(clusterId)
    if (!cluster) throw new Refused({ code: 'OBE11001', args: [clusterId] })
    return cluster
  }

  const started = (request: FastifyRequest, accepted: Accepted) => {
    const task = accepted.task
    request.madeTask = task.id
    begin(accepted)
    return data(showCreated(task, readerOf(config, request)))
  }
  /** Does an operation on a cluster that is there, or says what it would do. */
  const operated = async (
    request: FastifyRequest<{ Querystring: z.infer<typeof dryRunQuery> }>,
    { operation, change, clusterId }: OnCluster,
  ) => {
    const asked = { request: { clusterId }, creator: callerOf(request), traceId: request.id }
    if (!isDryRun(request)) return started(request, await operations.accept(operation, asked))
    return rehearsed(context, {
      request,
      change,
      rehearse: () => operations.rehearse(operation, asked),
    })
  }

  api.post(
    path,
    {
      config: {
        permission: 'CLUSTER:*:CREATE',
        call: {
          tag: 'Clusters',
          id: 'createObCluster',
          summary: 'Create a cluster',
          description: `Installs OceanBase on the hosts of the request and starts the cluster. ${answersWithTask} With \`dryRun=true\` nothing is created: the answer is the task as it would run, with \`admission\` (what is wrong with the request) and \`preCheck\` (what is wrong with the hosts). With a \`clientToken\` the same request may be sent again safely.`,
          reply: one(z.union([tasksShapes.createdTask, tasksShapes.plannedTask])),
        },
      },
      schema: { body: createRequest, querystring: dryRunQuery },
    },
    async (request) => {
      const { body } = request
      if (isDryRun(request)) return data(await dryRun(context, request, body, newCluster(body)))
      refuseAny(objections(body, config))
      const accepted = await operations.accept(creates[body.type], {
        request: newCluster(body),
        creator: callerOf(request),
        traceId: request.id,
        ...(body.clientToken && {
          clientToken: { token: body.clientToken, body: JSON.stringify(body) },
        }),
      })
      return started(request, accepted)
    },
  )
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'CLUSTER:*:DELETE',
        call: {
          tag: 'Clusters',
          id: 'deleteObCluster',
          summary: 'Delete a cluster',
          description: `Stops the clustersShapes.cluster, removes its data and frees its hosts. It cannot be rolled back. ${answersWithTask}`,
          reply: one(z.union([tasksShapes.createdTask, tasksShapes.rehearsal])),
        },
      },
      schema: { params: idParam, querystring: dryRunQuery },
    },
    async (request) => {
      const { id: clusterId } = request.params
      const { type } = await clusterOf(clusterId)
      return operated(request, { operation: deletes[type], change: 'REMOVE', clusterId })
    },
  )
  api.post(
    `${path}/:id/restart`,
    {
      config: {
        permission: 'CLUSTER:*:UPDATE',
        call: {
          tag: 'Clusters',
          id: 'restartObCluster',
          summary: 'Restart a cluster',
          description: `Restarts every observer: with three zones or more one zone after the other, while the cluster serves; with fewer all at once, and the cluster does not serve meanwhile. The \`note\` of a dry run says which. It cannot be rolled back. ${answersWithTask}`,
          reply: one(z.union([tasksShapes.createdTask, tasksShapes.rehearsal])),
        },
      },
      schema: { params: idParam, querystring: dryRunQuery },
    },
    (request) =>
      operated(request, {
        operation: restartCluster,
        change: 'NONE',
        clusterId: request.params.id,
      }),
  )
  api.get(
    path,
    {
      config: {
        permission: 'CLUSTER:*:READ',
        call: {
          tag: 'Clusters',
          id: 'listObClusters',
          summary: 'List clusters',
          reply: pageOf(clustersShapes.cluster),
        },
      },
      schema: { querystring: query },
    },
    async ({ query }) => {
      // OCP's page: with `true` primary clusters only, with `false` all. Each primary is shown with
      // its standbys.
      const filter = { ...query, ...(query.withStandby === 'true' && { type: 'PRIMARY' as const }) }
      return paged(await store.clusters.list(filter, query), query, showCluster)
    },
  )
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'CLUSTER:*:READ',
        call: {
          tag: 'Clusters',
          id: 'getObCluster',
          summary: 'Get a cluster',
          reply: one(clustersShapes.cluster),
        },
      },
      schema: { params: idParam },
    },
    async ({ params }) => data(showCluster(await clusterOf(params.id))),
  )
  api.get(
    `${path}/:id/zones`,
    {
      config: {
        permission: 'CLUSTER:*:READ',
        call: {
          tag: 'Clusters',
          id: 'listObZones',
          summary: 'List the zones of a cluster',
          reply: contentsOf(clustersShapes.zone),
        },
      },
      schema: { params: idParam },
    },
    async ({ params }) => {
      const cluster = await clusterOf(params.id)
      return contents(cluster.zones.map((zone) => showZone(cluster, zone)))
    },
  )
  api.get(
    `${path}/:id/servers`,
    {
      config: {
        permission: 'CLUSTER:*:READ',
        call: {
          tag: 'Clusters',
          id: 'listObServers',
          summary: 'List the servers of a cluster',
          reply: contentsOf(clustersShapes.server),
        },
      },
      schema: { params: idParam, querystring: serverQuery },
    },
    async ({ params, query }) => {
      const zones = (await clusterOf(params.id)).zones
        .filter((zone) => query.regionName === undefined || zone.regionName === query.regionName)
        .filter((zone) => query.idcName === undefined || zone.idcName === query.idcName)
      return contents(
        zones.flatMap((zone) => zone.servers.map((server) => showServer(zone, server))),
      )
    },
  )
  // OCP's page prints the second form.
  for (const { root, id, ...words } of [
    { root: path, id: 'listObZoneServers' },
    {
      root: '/api/v2/clusters',
      id: 'listZoneServers',
      description:
        "The same as below `/api/v2/ob/clusters`, under the path that OCP's older pages print.",
    },
  ]) {
    api.get(
      `${root}/:id/zones/:zoneName/servers`,
      {
        config: {
          permission: 'CLUSTER:*:READ',
          call: {
            tag: 'Clusters',
            id,
            summary: 'List the servers of a zone',
            ...words,
            reply: contentsOf(clustersShapes.server),
          },
        },
        schema: { params: zoneParams },
      },
      async ({ params }) => {
        const zone = (await clusterOf(params.id)).zones.find(
          (each) => each.name === params.zoneName,
        )
        if (!zone) throw new Refused({ code: 'COM10002', args: ['zone', params.zoneName] })
        return contents(zone.servers.map((server) => showServer(zone, server)))
      },
    )
  }
}
