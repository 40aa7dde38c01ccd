import type { Duplex } from 'node:stream'
import type { LabHost } from '../../lab/index.ts'
import type { HostNode, PartNode } from '../../src/activities/node.ts'
import type { Host } from '../../src/host/index.ts'
import { type ClusterSpec, connectSql, serversOf } from '../../src/oceanbase/index.ts'
import { setOf } from '../../src/oceanbase/packages.ts'
import { Secret } from '../../src/quote.ts'
import type {
  ObservedServer,
  ObservedTenant,
  ObservedZone,
  Package,
  Store,
} from '../../src/store/index.ts'
import { createNodes } from './hostNode.ts'

export const password = 'aaBB11@@lab'

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
  const secrets = new Map([[`cluster/${cluster.id}/root`, new Secret(password)]])
  const saved: {
    servers?: readonly ObservedServer[]
    zones?: readonly ObservedZone[]
    tenants?: readonly ObservedTenant[]
    status: string
    links: { clusterId: number; clusterName: string; state?: string }[]
  } = { status: 'CREATING', links: [] }
  const proxies = {
    name: 'odp',
    workMode: 'RS_LIST',
    configUrl: null,
    taskId: 3,
    packageId: 2,
    startupParameters: [],
    parameters: [{ name: 'proxy_id', value: '7' }],
    servers: [{ id: 1, hostId: 1, ip: hosts[0]?.ip, sqlPort: 2883, exporterPort: 2884 }],
  }
  const link = { clusterId: cluster.id, clusterName: cluster.name }
  const secret = (ref: string): Secret => {
    const found = secrets.get(ref)
    if (!found) throw new Error(`no secret ${ref}`)
    return found
  }
  const store = {
    packages: {
      get: async (id: number) => (id === proxies.packageId ? proxyFile : file),
      setOf: async (server: Package) => setOf(server, []),
    },
    hosts: { get: async () => ({ services: [{ type: 'OB_CLUSTER', clusterId: cluster.id }] }) },
    secrets: {
      get: async (ref: string) => secret(ref),
      getOrCreate: async (ref: string, create: () => Secret) =>
        secret(secrets.has(ref) || secrets.set(ref, create()) ? ref : ref),
      put: async (ref: string, value: Secret) => void secrets.set(ref, value),
      remove: async (ref: string) => void secrets.delete(ref),
    },
    obproxy: {
      get: async (id: number) => ({ ...proxies, id, links: saved.links }),
      link: async () => void saved.links.splice(0, 1, link),
      settle: async () => void saved.links.splice(0, 1, { ...link, state: 'LINKED' }),
      unlink: async () => void saved.links.splice(0),
      linkedTo: async () => [],
      seen: async () => undefined,
      setStatus: async () => undefined,
    },
    clusters: {
      get: async () => ({ status: saved.status }),
      setServers: async () => undefined,
      setZones: async () => undefined,
      setRunning: async () => Object.assign(saved, { status: 'RUNNING' }) !== undefined,
      saveServers: async (_id: number, servers: readonly ObservedServer[]) =>
        void Object.assign(saved, { servers }),
      saveZones: async (_id: number, zones: readonly ObservedZone[]) =>
        void Object.assign(saved, { zones }),
      saveTenants: async (_id: number, tenants: readonly ObservedTenant[]) =>
        void Object.assign(saved, { tenants }),
    },
  }
  const on = (
    name: string,
    { runTime = 1, signal = uncut }: { runTime?: number; signal?: AbortSignal } = {},
  ): HostNode & PartNode => {
    const node: HostNode = nodes.on(1, name)
    return {
      ...node,
      signal,
      servers: serversOf(cluster),
      input: { ...node.input, runTime },
      // Only the part of the store that these nodes use.
      store: store as unknown as Store,
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
