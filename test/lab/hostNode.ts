import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { LabHost } from '../../lab/index.ts'
import type { AgentConfigUse } from '../../src/activities/agent/agentConfig.ts'
import type { AgentUse } from '../../src/activities/agent/agentPackage.ts'
import type { PackagesUse } from '../../src/activities/cluster/clusterPackage.ts'
import type { HostNode, PreparedHostNode } from '../../src/activities/node.ts'
import { createHostPool, type HostAccess } from '../../src/host/index.ts'
import type { Machine } from '../../src/host/machine.ts'
import { type ClusterSpec, serversOf } from '../../src/oceanbase/index.ts'
import { setOf } from '../../src/oceanbase/packages.ts'
import { Secret } from '../../src/quote.ts'
import type { Host, Package, StoreWith } from '../../src/store/index.ts'
import { hostRow } from '../support/rows.ts'

/** A package file as the store would describe it after an upload. */
export const packageFrom = (path: string): Package => {
  const [, name = '', version = '', release = '', architecture = ''] =
    /^(.+)-([^-]+)-([^-]+)\.([^.]+)\.rpm$/.exec(basename(path)) ?? []
  const content = readFileSync(path)
  return {
    id: 1,
    name,
    fileName: basename(path),
    path,
    size: statSync(path).size,
    sha1: createHash('sha1').update(content).digest('hex'),
    sha256: createHash('sha256').update(content).digest('hex'),
    type: name.includes('agent') ? 'OCP_AGENT_INSTALL_PACKAGE' : 'OB_SERVER_INSTALL_PACKAGE',
    version,
    buildNumber: release.replace(/\.[^.]*$/, ''),
    release,
    operatingSystem: release.replace(/^.*\./, ''),
    architecture,
    requires: [],
    provides: [],
    programs: execFileSync('rpm', ['-qpl', path], { encoding: 'utf8' })
      .split('\n')
      .filter((file) => /\/bin\/[^/]+$/.test(file)),
    uploaderId: 100,
    byAdmin: true,
    createTime: new Date(),
  }
}

/** A cluster of one zone on these hosts. */
export const clusterOn = (
  hosts: readonly LabHost[],
  version: string,
  extra: Partial<ClusterSpec> = {},
): ClusterSpec => ({
  id: 22,
  name: 'terran',
  obClusterId: 1,
  type: 'PRIMARY',
  version,
  packageId: 1,
  primaryZone: '',
  sqlPort: 2881,
  rpcPort: 2882,
  paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
  osUser: 'admin',
  startupParameters: [],
  zones: [
    {
      name: 'zone1',
      idcName: 'hz2',
      regionName: '',
      servers: hosts.map(({ ip }, index) => ({
        hostId: index + 1,
        ip,
        zone: 'zone1',
        rootServer: index === 0,
      })),
    },
  ],
  obproxyClusterIds: [],
  ...extra,
})

const accessTo = (host: LabHost, id: number): HostAccess => ({
  id,
  ip: host.ip,
  sshPort: host.sshPort,
  username: 'root',
  login: { type: 'PRIVATE_KEY', secret: new Secret(host.users.root.privateKey) },
})

/** The cluster whose servers this task has made. */
const madeBy = (cluster: ClusterSpec, taskId: number): ClusterSpec => ({
  ...cluster,
  zones: cluster.zones.map((zone) => ({
    ...zone,
    servers: zone.servers.map((server) => ({ ...server, taskId })),
  })),
})

export type HostUse =
  | AgentConfigUse
  | AgentUse
  | PackagesUse
  | 'clusters.setServers'
  | 'hosts.relatives'
  | 'hosts.setAgent'
  | 'hosts.setFacts'
  | 'hosts.setMachine'
  | 'hosts.setStatus'

/**
 * Nodes on the hosts of a lab, as a worker would make them, for one task and one package. What they
 * write of a host lands in `inventory`. Close the pool behind them.
 */
export const createNodes = (
  hosts: readonly LabHost[],
  {
    cluster: given,
    file,
    beside = [],
    taskId = 7,
  }: {
    cluster: ClusterSpec
    file: Package
    /** Packages that were uploaded with it. */
    beside?: readonly Package[]
    taskId?: number
  },
) => {
  const cluster = madeBy(given, taskId)
  const pool = createHostPool()
  const lines: string[] = []
  const log: HostNode['log'] = (level, message) => lines.push(`${level} ${message}`)
  const uncut = new AbortController().signal
  const bound = (hostId: number, key: string, signal: AbortSignal) => {
    const host = hosts[hostId - 1]
    if (!host) throw new Error(`no host ${hostId}`)
    return pool.host(accessTo(host, hostId), { log, signal, key })
  }
  const inventory: Host & { agent?: object | undefined } = hostRow({
    innerIpAddress: hosts[0]?.ip ?? '',
  })
  const machines = new Map<number, Machine>()
  const secret = new Secret('Monitor-1-secret')
  const store: StoreWith<HostUse> = {
    packages: {
      get: async () => file,
      setOf: async (server) => setOf(server, beside),
      agentFor: async () => file,
    },
    secrets: { get: async () => secret, getOrCreate: async () => secret },
    hosts: {
      get: async () => inventory,
      setFacts: async (_id, facts) => void Object.assign(inventory, facts),
      setMachine: async (id, machine) => void machines.set(id, machine),
      relatives: async (id, { bootId }) =>
        [...machines].flatMap(([other, machine]) =>
          other !== id && machine.bootId === bootId
            ? [{ id: other, ip: hosts[other - 1]?.ip ?? '', ...machine }]
            : [],
        ),
      setStatus: async (_id, status) => void Object.assign(inventory, { status }),
      chooseAgent: async (_id, packageId) => packageId,
      setAgent: async (_id, agent) => void Object.assign(inventory, { agent }),
    },
    clusters: { setServers: async () => undefined },
  }
  const on = (hostId: number, name: string, signal = uncut): HostNode<HostUse> => {
    const server = serversOf(cluster).find((entry) => entry.hostId === hostId)
    if (!server) throw new Error(`no server on host ${hostId}`)
    const key = `${taskId}-${name}-${hostId}`
    return {
      input: {
        taskId,
        subtaskId: 1,
        runTime: 1,
        operation: 'EXECUTE',
        workflow: 'createCluster',
        name,
        timeoutSeconds: 600,
        clusterId: cluster.id,
        hostId,
      },
      store,
      log,
      signal,
      progress: () => undefined,
      host: async (id) => bound(id, key, signal),
      cluster,
      sql: () => Promise.reject(new Error('no node of one host needs SQL')),
      server,
      target: bound(hostId, key, signal),
    }
  }
  /** The same of a host that belongs to nothing yet. */
  const prepare = (
    hostId: number,
    name: string,
    signal?: AbortSignal,
  ): PreparedHostNode<HostUse> => {
    const { cluster: _, sql: __, server: ___, ...node } = on(hostId, name, signal)
    return { ...node, hostId }
  }
  const close = (): Promise<void> => pool.close()
  return { on, prepare, inventory, lines, close, [Symbol.asyncDispose]: close }
}
