import { sql } from 'drizzle-orm'
import type { Config } from '../config.ts'
import { accessKeys } from './accessKeys.ts'
import { audit } from './audit.ts'
import { clusters } from './clusters.ts'
import { credentials } from './credentials.ts'
import { type Connection, type ConnectOptions, connect, type Db } from './db.ts'
import { hosts } from './hosts.ts'
import { type Keys, openKeys } from './key.ts'
import { loginFailures } from './loginFailures.ts'
import { hostTypes, idcs, regions } from './named.ts'
import { obproxy } from './obproxy.ts'
import { packages } from './packages.ts'
import { refuseUnknownKeys, reseal } from './reseal.ts'
import { secrets } from './secrets.ts'
import { sessions } from './sessions.ts'
import { tasks } from './tasks.ts'
import { users } from './users.ts'
import { workload } from './workload.ts'

export type { AccessKey } from './accessKeys.ts'
export type { AuditedCall } from './audit.ts'
export { awayReason, isAway, isFull, isRace } from './away.ts'
export type { ClientToken } from './clientTokens.ts'
export type { Cluster, ClusterFilter, Server, Zone } from './clusterReads.ts'
export type {
  ClusterStatus,
  ObservedServer,
  ObservedTenant,
  ObservedZone,
  ServerStatus,
} from './clusters.ts'
export type { Credential, CredentialReader } from './credentials.ts'
export type { SubtaskRunRef } from './ends.ts'
export type {
  AgentStatus,
  Host,
  HostFacts,
  HostFilter,
  HostService,
  HostStatus,
  Relative,
} from './hosts.ts'
export { type Key, type Keys, keysFromFile, parseKeys } from './key.ts'
export type { NewLogLine } from './logLines.ts'
export type { CreateLook } from './looks.ts'
export type { HostType, Idc, Region, Removal } from './named.ts'
export type { Creator, Subtask, Task, TaskWithSubtasks } from './newTask.ts'
export type { ObproxyCluster, ObproxyLink, ObproxyServer } from './obproxyReads.ts'
export type { Package, PackageType } from './packages.ts'
export type { Page, Paging } from './paging.ts'
export type { Preparation } from './preparations.ts'
export type { Begin, Begun } from './progress.ts'
export type { AuditedState } from './schema/index.ts'
export {
  agentStatuses,
  clusterStatuses,
  clusterTypes,
  hostKinds,
  hostStatuses,
  obproxyStatuses,
  operations,
  packageTypes,
  serverStatuses,
  serviceTypes,
  subtaskStatuses,
  taskStatuses,
  taskTypes,
} from './schema/index.ts'
export type { TaskContext } from './schema/tasks.ts'
export type { Session, SessionLimits } from './sessions.ts'
export { storable } from './storable.ts'
export type { StoreMethod, StoreWith } from './storeWith.ts'
export {
  type LogLine,
  type TaskFilter,
  type TaskNews,
  type TaskSummary,
  type Untold,
  untoldOf,
} from './tasks.ts'
export type { NewUser, User } from './users.ts'
export type { Workload } from './workload.ts'

/**
 * Inventory, clusters and tasks: reads and writes. What may be asked is src/operations' to decide.
 */
export interface Store {
  /** All or nothing, over the tables themselves: how operations are accepted. */
  transaction<T>(
    work: (tx: Db, keys: Keys) => Promise<T>,
    options?: { readonly accessMode: 'read only' },
  ): Promise<T>
  readonly accessKeys: ReturnType<typeof accessKeys>
  readonly audit: ReturnType<typeof audit>
  readonly clusters: ReturnType<typeof clusters>
  readonly credentials: ReturnType<typeof credentials>
  readonly hosts: ReturnType<typeof hosts>
  readonly hostTypes: ReturnType<typeof hostTypes>
  readonly idcs: ReturnType<typeof idcs>
  readonly loginFailures: ReturnType<typeof loginFailures>
  readonly obproxy: ReturnType<typeof obproxy>
  readonly packages: ReturnType<typeof packages>
  readonly regions: ReturnType<typeof regions>
  readonly secrets: ReturnType<typeof secrets>
  readonly sessions: ReturnType<typeof sessions>
  readonly tasks: ReturnType<typeof tasks>
  readonly users: ReturnType<typeof users>
  readonly workload: ReturnType<typeof workload>
  /**
   * Seals with the first key what is sealed with another, and tells how many secrets that were; see
   * reseal.ts.
   */
  reseal(): Promise<number>
  /** Frees the room of rows that went; PostgreSQL does so by itself. */
  tidy(): Promise<void>
  /** Throws when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface StoreOptions extends ConnectOptions {
  readonly keys: Keys
}

/**
 * Opens the store on PostgreSQL (`databaseUrl`), or on PGlite in a directory or in memory, with its
 * schema brought up to date.
 */
export const openStore = async ({ keys, ...where }: StoreOptions): Promise<Store> =>
  storeOver(await connect(where), keys)

/** The store over a database that is open. */
export function storeOver({ db, close, tidy }: Connection, keys: Keys): Store {
  return {
    transaction: (work, options) => db.transaction((tx) => work(tx, keys), options),
    accessKeys: accessKeys(db, keys),
    audit: audit(db),
    clusters: clusters(db, keys),
    credentials: credentials(db, keys),
    hosts: hosts(db, keys),
    hostTypes: hostTypes(db),
    idcs: idcs(db),
    loginFailures: loginFailures(db),
    obproxy: obproxy(db, keys),
    packages: packages(db),
    regions: regions(db),
    reseal: () => reseal(db, keys),
    secrets: secrets(db, keys),
    sessions: sessions(db),
    tasks: tasks(db),
    users: users(db, keys),
    tidy: async () => tidy?.(),
    workload: workload(db),
    async ping() {
      await db.execute(sql`select 1`)
    },
    close,
  }
}

/**
 * The store of a configuration; its key is made on first start. Throws when it holds something
 * sealed with a key that the configuration has not. In PGlite, which nobody else has open, what is
 * sealed with another key than the first is sealed again.
 */
export async function openConfiguredStore({
  databaseUrl,
  dataDir,
  ...given
}: Pick<Config, 'databaseUrl' | 'dataDir' | 'key' | 'keyFile'>): Promise<Store> {
  const keys = await openKeys(given)
  const connection = await connect({ databaseUrl, dataDir })
  try {
    await refuseUnknownKeys(connection.db, keys)
    if (databaseUrl === undefined) await reseal(connection.db, keys)
  } catch (error) {
    await connection.close()
    throw error
  }
  return storeOver(connection, keys)
}
