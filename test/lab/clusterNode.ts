import type { Duplex } from 'node:stream'
import type { LabHost } from '../../lab/index.ts'
import type { PackagesUse } from '../../src/activities/cluster/clusterPackage.ts'
import type { HostNode, PartNode } from '../../src/activities/node.ts'
import type { LinkUse } from '../../src/activities/obproxy/obproxyLink.ts'
import type { Host } from '../../src/host/index.ts'
import { type ClusterSpec, connectSql, serversOf } from '../../src/oceanbase/index.ts'
import { setOf } from '../../src/oceanbase/packages.ts'
import { Secret } from '../../src/quote.ts'
import type { SecretRef } from '../../src/secretOf.ts'
import type {
  ClusterStatus,
  ObproxyLink,
  ObservedServer,
  ObservedTenant,
  ObservedZone,
  Package,
  StoreWith,
} from '../../src/store/index.ts'
import { clusterRow, hostRow, linkRow, obproxyRow, proxyRow, serviceRow } from '../support/rows.ts'
import { createNodes } from './hostNode.ts'

export const password = 'aaBB11@@lab'

/** What nodes of a cluster and of its proxies use of the store. */
export type ClusterUse =
  | LinkUse
  | PackagesUse
  | 'clusters.get'
  | 'clusters.saveServers'
  | 'clusters.saveTenants'
  | 'clusters.saveZones'
  | 'clusters.setRunning'
  | 'clusters.setServers'
  | 'clusters.setZones'
  | 'hosts.get'
  | 'obproxy.get'
  | 'obproxy.link'
  | 'obproxy.seen'
  | 'obproxy.setStatus'
  | 'obproxy.settle'
  | 'obproxy.unlink'

/** What any node of a cluster and its servers may ask for. */
export type LabNode = HostNode<ClusterUse> & PartNode<ClusterUse>

/**
 * Nodes of a cluster on the hosts of a lab, with a store that keeps what they save. Close it behind
 * them.
 */
export const createClusterNodes = (
  hosts: readonly LabHost[],
  options: {
    cluster: ClusterSpec
    file: Package
    taskId?: number
    proxyFile?: Package
    /** What stands before each connection to a host's loopback. */
    loopback?: (stream: Duplex) => Duplex
  },
) => {
  const { cluster, file, proxyFile, loopback = (stream) => stream } = options
  const nodes = createNodes(hosts, options)
  const uncut = new AbortController().signal
  const secrets = new Map<SecretRef, Secret>([[`cluster/${cluster.id}/root`, new Secret(password)]])
  const saved: {
    servers?: readonly ObservedServer[]
    zones?: readonly ObservedZone[]
    tenants?: readonly ObservedTenant[]
    status: ClusterStatus
    links: ObproxyLink[]
  } = { status: 'CREATING', links: [] }
  const proxies = obproxyRow({
    parameters: [{ name: 'proxy_id', value: '7' }],
    servers: [proxyRow({ ip: hosts[0]?.ip ?? '' })],
  })
  const link = linkRow({ clusterId: cluster.id, clusterName: cluster.name })
  const secret = (ref: SecretRef): Secret => {
    const found = secrets.get(ref)
    if (!found) throw new Error(`no secret ${ref}`)
    return found
  }
  const store: StoreWith<ClusterUse> = {
    packages: {
      get: async (id) => (id === proxies.packageId ? proxyFile : file),
      setOf: async (server) => setOf(server, []),
    },
    hosts: { get: async () => hostRow({ services: [serviceRow({ clusterId: cluster.id })] }) },
    secrets: {
      get: async (ref) => secret(ref),
      getOrCreate: async (ref, create) =>
        secret(secrets.has(ref) || secrets.set(ref, create()) ? ref : ref),
      put: async (ref, value) => void secrets.set(ref, value),
      remove: async (ref) => void secrets.delete(ref),
    },
    obproxy: {
      get: async (id) => ({ ...proxies, id, links: saved.links }),
      link: async () => void saved.links.splice(0, 1, link),
      settle: async () => void saved.links.splice(0, 1, link),
      unlink: async () => void saved.links.splice(0),
      linkedTo: async () => [],
      seen: async () => undefined,
      setStatus: async () => undefined,
    },
    clusters: {
      get: async () => clusterRow({ status: saved.status }),
      setServers: async () => undefined,
      setZones: async () => undefined,
      setRunning: async () => Object.assign(saved, { status: 'RUNNING' }) !== undefined,
      saveServers: async (_id, servers) => void Object.assign(saved, { servers }),
      saveZones: async (_id, zones) => void Object.assign(saved, { zones }),
      saveTenants: async (_id, tenants) => void Object.assign(saved, { tenants }),
    },
  }
  const on = (
    name: string,
    { runTime = 1, signal = uncut }: { runTime?: number; signal?: AbortSignal } = {},
  ): LabNode => {
    const node = nodes.on(1, name)
    return {
      ...node,
      signal,
      servers: serversOf(cluster),
      input: { ...node.input, runTime },
      store,
      target: orphanedBy(signal, node.target, loopback),
      host: async (id) => orphanedBy(signal, await node.host(id), loopback),
      sql: async (server, user, extra = {}) => {
        const username = user === 'rootEmpty' ? 'root' : user
        const login =
          user === 'rootEmpty' ? new Secret('') : secret(`cluster/${cluster.id}/${user}`)
        const target = {
          ip: server.ip,
          port: cluster.sqlPort,
          username: `${username}@sys`,
          password: login,
        }
        return connectSql(target, { signal, log: node.log, ...extra })
      },
    }
  }
  return { on, onHost: nodes.on, lines: nodes.lines, saved, secret, close: nodes.close }
}

/**
 * A host whose scripts run on when the signal aborts, with nobody to hear their answer: what a
 * killed worker leaves behind.
 */
const orphanedBy = (
  signal: AbortSignal,
  host: Host,
  loopback: (stream: Duplex) => Duplex,
): Host => {
  const unheard = async <T>(work: Promise<T>): Promise<T> => {
    work.catch(() => undefined)
    const { promise, reject } = Promise.withResolvers<never>()
    const cut = () => reject(signal.reason)
    signal.addEventListener('abort', cut)
    try {
      signal.throwIfAborted()
      return await Promise.race([work, promise])
    } finally {
      signal.removeEventListener('abort', cut)
    }
  }
  return {
    ...host,
    id: host.id,
    ip: host.ip,
    run: (...call) => unheard(host.run(...call)),
    must: (...call) => unheard(host.must(...call)),
    overLoopback: (port, use) =>
      unheard(host.overLoopback(port, (stream) => use(loopback(stream)))),
  }
}
