import {
  type Activity,
  type ClusterNode,
  clusterNodes,
  type HostNode,
  hostNodes,
  type Node,
  type NodeActivities,
  type ObproxyHostNode,
  type ObproxyNode,
  obproxyHostNodes,
  obproxyNodes,
  type PartNode,
  type PreparedHostNode,
  partNodes,
  preparedHostNodes,
  storeNodes,
} from '../activities/index.ts'
import type { HostPool } from '../host/index.ts'
import { serversOf } from '../oceanbase/index.ts'
import type { NodeInput } from '../plan/node.ts'
import type { Store, StoreMethod } from '../store/index.ts'
import { openSql } from './openSql.ts'
import { type SubtaskRun, subtaskRun } from './subtaskRun.ts'

export interface NodeDependencies {
  readonly store: Store
  readonly hosts: HostPool
}

const mapped = <Name extends string, From, To>(
  record: Record<Name, From>,
  map: (value: From) => To,
): Record<Name, To> =>
  Object.fromEntries(
    Object.entries<From>(record).map(([name, value]) => [name, map(value)]),
  ) as Record<Name, To>

/** Binds every node to this worker's store and hosts; the interceptor makes activities of them. */
export function bindNodes({ store, hosts }: NodeDependencies): NodeActivities {
  const open = (input: NodeInput, run: SubtaskRun): Node<StoreMethod> => ({
    input,
    store,
    log: run.log,
    signal: run.signal,
    progress: run.progress,
    async host(hostId) {
      const access = await store.hosts.access(hostId)
      return hosts.host(access, run, (hostKey) => store.hosts.pinKey(hostId, hostKey))
    },
  })

  const openStoreNode = async (input: NodeInput, run: SubtaskRun) => open(input, run)

  const openCluster = async (
    input: NodeInput,
    run: SubtaskRun,
  ): Promise<ClusterNode<StoreMethod>> => {
    const { clusterId } = input
    if (clusterId === undefined) throw new TypeError(`"${input.name}" needs a cluster`)
    const cluster = await store.clusters.spec(clusterId)
    const node: ClusterNode<StoreMethod> = {
      ...open(input, run),
      cluster,
      sql: openSql(store, run, () => node),
    }
    return node
  }

  const openPart = async (input: NodeInput, run: SubtaskRun): Promise<PartNode<StoreMethod>> => {
    const node = await openCluster(input, run)
    const targets = new Set((await store.tasks.targetsOf(input.taskId)).hosts.map(({ id }) => id))
    const zones = node.cluster.zones.filter(
      ({ name }) => input.zone === undefined || name === input.zone,
    )
    const servers = zones.flatMap((zone) =>
      zone.servers.filter(({ hostId }) => targets.has(hostId)),
    )
    return { ...node, servers }
  }

  const openHost = async (input: NodeInput, run: SubtaskRun): Promise<HostNode<StoreMethod>> => {
    const node = await openCluster(input, run)
    const server = serversOf(node.cluster).find(({ hostId }) => hostId === input.hostId)
    if (!server)
      throw new TypeError(`host ${input.hostId} is not part of cluster ${node.cluster.name}`)
    return { ...node, server, target: await node.host(server.hostId) }
  }

  const openPreparedHost = async (
    input: NodeInput,
    run: SubtaskRun,
  ): Promise<PreparedHostNode<StoreMethod>> => {
    const { hostId } = input
    if (hostId === undefined) throw new TypeError(`"${input.name}" needs a host`)
    const node = open(input, run)
    return { ...node, hostId, target: await node.host(hostId) }
  }

  const openObproxy = async (
    input: NodeInput,
    run: SubtaskRun,
  ): Promise<ObproxyNode<StoreMethod>> => {
    const { obproxyClusterId } = input
    const proxies =
      obproxyClusterId === undefined ? undefined : await store.obproxy.get(obproxyClusterId)
    if (!proxies)
      throw new TypeError(`"${input.name}" needs an obproxy cluster, ${obproxyClusterId} is none`)
    return {
      ...open(input, run),
      proxies,
      ofCluster: (clusterId) => openCluster({ ...input, clusterId }, run),
    }
  }

  const openObproxyHost = async (
    input: NodeInput,
    run: SubtaskRun,
  ): Promise<ObproxyHostNode<StoreMethod>> => {
    const node = await openObproxy(input, run)
    const proxy = node.proxies.servers.find(({ hostId }) => hostId === input.hostId)
    if (!proxy) throw new TypeError(`host ${input.hostId} has no proxy of ${node.proxies.name}`)
    return { ...node, proxy, target: await node.host(proxy.hostId) }
  }

  const bind = <N, Name extends string>(
    nodes: Record<Name, (node: NoInfer<N>) => Promise<unknown>>,
    openNode: (input: NodeInput, run: SubtaskRun) => Promise<N>,
  ) =>
    mapped(
      nodes,
      (node): Activity =>
        async (input) => {
          await node(await openNode(input, subtaskRun()))
        },
    )

  return {
    ...bind(storeNodes, openStoreNode),
    ...bind(clusterNodes, openCluster),
    ...bind(partNodes, openPart),
    ...bind(hostNodes, openHost),
    ...bind(preparedHostNodes, openPreparedHost),
    ...bind(obproxyNodes, openObproxy),
    ...bind(obproxyHostNodes, openObproxyHost),
  }
}
