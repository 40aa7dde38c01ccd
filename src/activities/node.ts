import type { Host, LogLine } from '../host/index.ts'
import type { ClusterSpec, ServerSpec, Sql, SqlUser } from '../oceanbase/index.ts'
import type { NodeInput } from '../plan/node.ts'
import type { ObproxyCluster, ObproxyServer, Store } from '../store/index.ts'

/**
 * What every node is given. It writes no status, time, run count or log row of its own: the
 * interceptor does.
 */
export interface Node {
  readonly input: NodeInput
  readonly store: Store
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
export interface ClusterNode extends Node {
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
export interface PartNode extends ClusterNode {
  readonly servers: readonly ServerSpec[]
}

/** A node that works on one host of a cluster. */
export interface HostNode extends ClusterNode {
  readonly server: ServerSpec
  readonly target: Host
}

/** A node that works on one host before it belongs to anything ("Prepare host"). */
export interface PreparedHostNode extends Node {
  readonly hostId: number
  readonly target: Host
}

/** A node of an operation on an OBProxy cluster. */
export interface ObproxyNode extends Node {
  readonly proxies: ObproxyCluster
  /** The same subtask, working on a cluster that its proxies serve. */
  ofCluster(clusterId: number): Promise<ClusterNode>
}

/** A node that works on one proxy and its host. */
export interface ObproxyHostNode extends ObproxyNode {
  readonly proxy: ObproxyServer
  readonly target: Host
}
