/**
 * A cluster as it is to be: everything an activity must know of it, no secrets. Read from the
 * store.
 */
export interface ClusterSpec {
  /** OCP's id. */
  readonly id: number
  readonly name: string
  /** OceanBase's own cluster id (`-c`). */
  readonly obClusterId: number
  readonly type: 'PRIMARY' | 'STANDBY'
  /** Of a standby: the cluster it follows. */
  readonly primary?: PrimaryCluster
  /** Version of the package, e.g. `4.2.1.8`; picks the line in versions.ts. */
  readonly version: string
  readonly packageId: number
  /** As posted: `zone1;zone2,zone3`, or empty for the line's default. */
  readonly primaryZone: string
  readonly sqlPort: number
  readonly rpcPort: number
  readonly paths: Paths
  /** OS user that owns and runs everything. */
  readonly osUser: string
  readonly startupParameters: readonly { readonly name: string; readonly value: string }[]
  readonly zones: readonly ZoneSpec[]
  readonly obproxyClusterIds: readonly number[]
}

/** What a standby cluster (2.2 and 3.x only) is told about its primary. */
export interface PrimaryCluster {
  readonly obClusterId: number
  readonly rootServers: readonly {
    readonly ip: string
    readonly rpcPort: number
    readonly sqlPort: number
  }[]
}

/** Where a cluster lives on each host; OCP's attributes installPath, dataDiskPath, logDiskPath. */
export interface Paths {
  /** Default `/home/admin/oceanbase`. */
  readonly install: string
  /** Default `/data/1`. */
  readonly data: string
  /** Default `/data/log1`. */
  readonly log: string
}

export interface ZoneSpec {
  readonly name: string
  readonly idcName: string
  readonly regionName: string
  readonly servers: readonly ServerSpec[]
}

export interface ServerSpec {
  readonly hostId: number
  readonly ip: string
  readonly zone: string
  /** One server of each zone, the one that takes part in BOOTSTRAP. */
  readonly rootServer: boolean
  /** The task that made it: its id is on everything that was made on the host. */
  readonly taskId?: number
}

/** All servers in zone order. */
export const serversOf = (cluster: ClusterSpec): ServerSpec[] =>
  cluster.zones.flatMap((zone) => zone.servers)

/** The servers that are bootstrapped, one a zone, in zone order; the first leads. */
export const rootServersOf = (cluster: ClusterSpec): ServerSpec[] =>
  serversOf(cluster).filter((server) => server.rootServer)
