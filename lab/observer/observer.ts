import type { Cluster, Membership, Micros, Resources } from './cluster.ts'
import type { Home, Settings } from './home.ts'
import type { Kernel } from './kernel.ts'
import type { Log } from './log.ts'
import type { Address } from './rpc.ts'
import type { UserSchema, Users } from './users.ts'
import type { Version } from './versionLine.ts'

/**
 * One running observer. `membership` appears with bootstrap or ADD SERVER, `cluster` and `kernel`
 * only on the leader.
 */
export type Observer = {
  home: Home
  installed: string
  version: Version
  settings: Settings
  log: Log
  dataDir: string
  ip: string
  sqlPort: number
  rpcPort: number
  zone: string
  clusterId: number
  clusterName: string
  rsList: Address[]
  resources: Resources
  processStart: Micros
  /**
   * When it became ready to serve its cluster, by its own clock; 0 in no cluster and while it
   * starts.
   */
  startService: Micros
  membership?: Membership
  cluster?: Cluster
  kernel?: Kernel
  /** Of the leader: users before and after the last change. */
  userSchema?: UserSchema
  /** Of any other server: users as it knows them; null where they are a primary's. */
  knownUsers?: Users | null
  bootstrapping: boolean
}

/**
 * What an observer tells another one that asks: the leader's probe and the bootstrap's checks read
 * it.
 */
export type Hello = {
  version: string
  zone: string
  clusterId: number
  clusterName: string
  rsList: string[]
  state: 'empty' | 'dirty' | 'member'
  sqlPort: number
  processStart: Micros
  startService: Micros
  resources: Resources
}

export const rpcAddress = (self: Observer): string => `${self.ip}:${self.rpcPort}`

export const isLeader = (self: Observer): boolean =>
  self.membership?.complete === true && self.membership.leader === rpcAddress(self)

/**
 * Between the start of a cluster's server and its first refresh of the schema: the SQL port is open
 * and knows the core schema alone. Source: oceanbase src/observer/ob_server.cpp, ObServer::start.
 */
export const isStarting = (self: Observer): boolean =>
  self.membership?.complete === true && self.startService === 0

export const buildVersion = (version: string): string =>
  `${version}_1-lab0000000000000000000000000000000000000(Jan  1 2026 00:00:00)`
