import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Cluster } from '../store/index.ts'
import { rootServersOf } from './clusters/show.ts'
import type { Api, Context } from './context.ts'
import { serverOf } from './http/envelope.ts'
import { plainErrorHandler } from './http/errors.ts'
import { hasMoreValues } from './http/validation.ts'
import { publicUrl } from './obproxy/configUrl.ts'
import { serviceAnswer, serviceRefusal } from './schemas/obproxy.ts'

/**
 * What observers and proxies send; of a parameter that comes twice the first counts, and what is
 * not known is passed over.
 */
const text = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat()[0] ?? '')
  .meta({ wire: { type: 'string' } })
  .optional()

const query = z.object({
  Action: text,
  ObCluster: text,
  ObRegion: text,
  ObClusterId: text,
  ObRegionId: text,
  ObproxyClusterName: text,
  version: text,
  VersionOnly: text,
})
type Query = z.infer<typeof query>

/** A registration of 64 zones, whatever else an observer tells of each root server. */
const bodyLimit = 32 * 1024
const maxValues = 2000
const registered = z.object({ RsList: z.array(z.object({ address: z.string() })) })

interface Outcome {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

const found = (data: unknown): Outcome => ({ code: 200, message: 'successful', data })
const notFound = (what: string): Outcome => ({ code: 404, message: `resource not found: ${what}` })
const wrong = (why: string): Outcome => ({ code: 400, message: `illegal argument: ${why}` })

/** One cluster's root servers, under the names of both generations of clients. */
const rootServiceInfo = (cluster: Cluster) => ({
  ObCluster: cluster.name,
  ObClusterId: cluster.obClusterId,
  ObRegion: cluster.name,
  ObRegionId: cluster.obClusterId,
  ReadonlyRsList: [],
  RsList: rootServersOf(cluster),
  Type: cluster.type,
  timestamp: cluster.updateTime.getTime() * 1000,
})

const serviceReply = (
  request: FastifyRequest,
  reply: FastifyReply,
  { code, message, data }: Outcome,
) => ({
  Code: code,
  Cost: Math.round(reply.elapsedTime),
  ...(data !== undefined && { Data: data }),
  Message: message,
  Server: serverOf(request),
  Success: code === 200,
  Trace: request.id,
})

const answers = {
  bare: { type: 'application/json', schema: serviceAnswer },
  refusal: serviceRefusal,
} as const

/**
 * What OceanBase's observers and proxies ask OCP for: root servers of a cluster, and which clusters
 * an OBProxy cluster serves. Forms: OceanBase's own ob-configserver, which serves the same clients.
 * They carry no login, and nothing here is secret.
 */
export function services(api: Api, { store, config }: Context): void {
  const rootServers = async (asked: Query): Promise<Outcome> => {
    const name = asked.ObCluster || asked.ObRegion
    if (!name) return wrong('ObCluster or ObRegion is needed')
    const obClusterId = Number(asked.ObClusterId || asked.ObRegionId) || undefined
    const all = (await store.clusters.named(name)).filter(
      (cluster) => obClusterId === undefined || cluster.obClusterId === obClusterId,
    )
    const [first] = all
    if (!first)
      return notFound(`no cluster ${name}${obClusterId === undefined ? '' : `:${obClusterId}`}`)
    // From version 2 on clients know of standbys and want all of a name.
    if (Number(asked.version) >= 2 && obClusterId === undefined)
      return found(all.map(rootServiceInfo))
    return found(rootServiceInfo(all.find(({ type }) => type === 'PRIMARY') ?? first))
  }

  const proxyConfig = async (asked: Query, request: FastifyRequest): Promise<Outcome> => {
    const base = publicUrl(config, request)
    const urlOf = (name: string) =>
      `${base}/services?Action=ObRootServiceInfo&User_ID=alibaba&UID=ocpmaster&ObRegion=${encodeURIComponent(name)}`
    let names: string[]
    if (asked.ObproxyClusterName) {
      const proxies = await store.obproxy.byName(asked.ObproxyClusterName)
      if (!proxies) return notFound(`no OBProxy cluster ${asked.ObproxyClusterName}`)
      names = proxies.links.map(({ clusterName }) => clusterName)
    } else names = await store.clusters.names()
    const ObRootServiceInfoUrlList = [...new Set(names)].map((name) => ({
      ObRegion: name,
      ObRootServiceInfoUrl: urlOf(name),
    }))
    const answer = {
      ObProxyBinUrl: `${base}/client?Action=GetObProxy`,
      // A proxy wants the field; `enable_metadb_used=false`, with which ours start, keeps it from
      // using it.
      ObProxyDatabaseInfo: {
        DataBase: '***',
        MetaDataBase: urlOf('obdv1'),
        Password: '***',
        User: '***',
      },
      ObRootServiceInfoUrlList,
    }
    // A proxy reads the list again when the version is another one.
    const Version = createHash('md5').update(JSON.stringify(answer)).digest('hex')
    return found(asked.VersionOnly === 'true' ? { Version } : { ...answer, Version })
  }

  /**
   * An observer that tells where its root servers are. It is heard when it is one of ours, and
   * nothing is stored: without a login anybody could say it, and the inventory is filled from the
   * clusters' own tables.
   */
  const registration = async (asked: Query, body: unknown): Promise<Outcome> => {
    const told = hasMoreValues(body, maxValues) ? undefined : registered.safeParse(body)
    if (!told?.success) return wrong('RsList with addresses is needed')
    const name = asked.ObCluster || asked.ObRegion
    const known = new Set(
      (name ? await store.clusters.named(name) : []).flatMap((cluster) =>
        cluster.zones.flatMap((zone) =>
          zone.servers.map((server) => `${server.ip}:${server.port}`),
        ),
      ),
    )
    const stranger = told.data.RsList.find(({ address }) => !known.has(address))
    if (known.size === 0 || stranger)
      return notFound(`no server ${stranger?.address ?? ''} of cluster ${name ?? ''}`)
    return found('successful')
  }

  const outcomeOf = (asked: Query, request: FastifyRequest): Promise<Outcome> | Outcome => {
    const posted = request.method === 'POST'
    if (asked.Action === 'GetObProxyConfig') return proxyConfig(asked, request)
    if (asked.Action === 'ObRootServiceInfo')
      return posted ? registration(asked, request.body) : rootServers(asked)
    if (asked.Action === 'ObRootServiceRegister' && posted) return registration(asked, request.body)
    return wrong(`Action ${asked.Action ?? ''} is not known`)
  }

  api.route({
    method: ['GET', 'POST'],
    url: '/services',
    bodyLimit,
    // Observers send parameters that only OCP needs.
    config: {
      bare: true,
      permission: 'OPEN',
      anyQuery: true,
      readsBody: true,
      call: {
        GET: {
          tag: 'Service',
          id: 'askServices',
          summary: 'Root servers of clusters, for observers and proxies',
          description:
            "OceanBase's own protocol of a config server; it needs no login and has an envelope of its own.",
          ...answers,
        },
        POST: {
          tag: 'Service',
          id: 'registerServices',
          summary: 'Registration of root servers by observers',
          description: 'Taken from servers of known clusters; nothing is stored.',
          ...answers,
        },
      },
    },
    schema: { querystring: query },
    // These clients read no other form, whatever the request was refused for.
    errorHandler: plainErrorHandler((request, reply, code, message) =>
      serviceReply(request, reply, { code, message }),
    ),
    handler: async (request, reply) => {
      const outcome = await outcomeOf(request.query, request)
      return reply.code(outcome.code).send(serviceReply(request, reply, outcome))
    },
  })
}
