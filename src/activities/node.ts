import type { Host, LogLine } from '../host/index.ts'
import type { ClusterSpec, ServerSpec, Sql, SqlUser } from '../oceanbase/index.ts'
import type { NodeInput } from '../plan/node.ts'
import type { ObproxyCluster, ObproxyServer, StoreMethod, StoreWith } from '../store/index.ts'

/**
 * What every node is given. It writes no status, time, run count or log row of its own: the
 * interceptor does. `Uses` are the store's methods that it calls: `Node<'hosts.get'>`.
 */
export interface Node<Uses extends StoreMethod = never> {
  readonly input: NodeInput
  readonly store: StoreWith<Uses>
  /** A line of the subtask's log, as `GET …/log` shows it. */
  readonly log: LogLine
  /** Aborts on cancellation, worker shutdown and when the subtask's time is up. */
  readonly signal: AbortSignal
  /** Tells Temporal and the log how far it is; kept over attempts. */
  readonly progress: (message: string) => void
  /** A host bound to this subtask: its log, its signal, its remote processes. */
  host(hostId: number): Promise<Host>
}

/** A node of an operation on a cluster. */
export interface ClusterNode<Uses extends StoreMethod = never> extends Node<Uses> {
  readonly cluster: ClusterSpec
  /**
   * A SQL session on one observer of the cluster (port `sqlPort`), closed when the subtask ends.
   * `root` logs in with the cluster's password; `rootEmpty` as root without one, as before "Set sys
   * password". A statement may take a minute unless told otherwise.
   */
  sql(server: ServerSpec, user: SqlUser, options?: { readonly timeoutMs?: number }): Promise<Sql>
}

/**
 * A node that works on the servers of a zone when its turn comes, else on all that the task is
 * about.
 */
export interface PartNode<Uses extends StoreMethod = never> extends ClusterNode<Uses> {
  readonly servers: readonly ServerSpec[]
}

/** A node that works on one host of a cluster. */
export interface HostNode<Uses extends StoreMethod = never> extends ClusterNode<Uses> {
  readonly server: ServerSpec
  readonly target: Host
}

/** A node that works on one host before it belongs to anything ("Prepare host"). */
export interface PreparedHostNode<Uses extends StoreMethod = never> extends Node<Uses> {
  readonly hostId: number
  readonly target: Host
}

/** A node of an operation on an OBProxy cluster. */
export interface ObproxyNode<Uses extends StoreMethod = never> extends Node<Uses> {
  readonly proxies: ObproxyCluster
  /** The same subtask, working on a cluster that its proxies serve. */
  ofCluster(clusterId: number): Promise<ClusterNode<Uses>>
}

/** A node that works on one proxy and its host. */
export interface ObproxyHostNode<Uses extends StoreMethod = never> extends ObproxyNode<Uses> {
  readonly proxy: ObproxyServer
  readonly target: Host
}
