import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { createTime, id, idOf, instant, updateTime } from './columns.ts'
import { hosts, packages } from './inventory.ts'

/** OCP's list (its obLinks table has the longest one). */
export const clusterStatuses = [
  'CREATING',
  'RUNNING',
  'DELETING',
  'STARTING',
  'RESTARTING',
  'STOPPING',
  'STOPPED',
  'TAKINGOVER',
  'MOVINGOUT',
  'SWITCHOVER',
  'FAILOVER',
  'OPERATING',
  'UNAVAILABLE',
  'UPGRADING',
  'ABANDONED',
] as const

export const clusterTypes = ['PRIMARY', 'STANDBY'] as const
export const serverStatuses = [
  'CREATING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'STARTING',
  'RESTARTING',
  'DELETING',
  'UNAVAILABLE',
  'OPERATING',
  'DELETED',
] as const

export const clusters = pgTable(
  'clusters',
  {
    id: idOf('clusters', 1),
    name: text().notNull(),
    obClusterId: bigint({ mode: 'number' }).notNull(),
    type: text({ enum: clusterTypes }).notNull(),
    status: text({ enum: clusterStatuses }).notNull(),
    version: text().notNull(),
    packageId: integer()
      .notNull()
      .references(() => packages.id),
    rpmName: text().notNull(),
    primaryZone: text().notNull(),
    sqlPort: integer().notNull(),
    rpcPort: integer().notNull(),
    installPath: text().notNull(),
    dataPath: text().notNull(),
    logPath: text().notNull(),
    osUser: text().notNull(),
    startupParameters: jsonb()
      .$type<readonly { readonly name: string; readonly value: string }[]>()
      .notNull(),
    obproxyClusterIds: integer().array().notNull(),
    creator: text().notNull(),
    createTime: createTime(),
    updateTime: updateTime(),
  },
  (table) => [
    unique('clusters_name_and_ob_cluster_id').on(table.name, table.obClusterId),
    // A standby carries its primary's name under another obClusterId.
    uniqueIndex('clusters_one_primary_of_a_name').on(table.name).where(sql`type = 'PRIMARY'`),
  ],
)

const cluster = () =>
  integer()
    .notNull()
    .references(() => clusters.id, { onDelete: 'cascade' })

export const zones = pgTable(
  'zones',
  {
    clusterId: cluster(),
    name: text().notNull(),
    /** Place in the request. */
    position: integer().notNull(),
    idcName: text().notNull(),
    regionName: text().notNull(),
    innerStatus: text().notNull(),
    status: text({ enum: serverStatuses }).notNull(),
    createTime: createTime(),
    updateTime: updateTime(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.name] })],
)

export const servers = pgTable(
  'servers',
  {
    id: id(),
    clusterId: cluster(),
    zoneName: text().notNull(),
    position: integer().notNull(),
    hostId: integer()
      .notNull()
      .references(() => hosts.id),
    ip: text().notNull(),
    port: integer().notNull(),
    sqlPort: integer().notNull(),
    /** The task that made it: whose marks its things on its host bear. */
    taskId: integer(),
    /** Chosen for BOOTSTRAP, one a zone. */
    rootServer: boolean().notNull(),
    version: text(),
    innerStatus: text().notNull(),
    status: text({ enum: serverStatuses }).notNull(),
    withRootserver: boolean().notNull(),
    startTime: instant(),
    stopTime: instant(),
    createTime: createTime(),
    updateTime: updateTime(),
  },
  (table) => [
    unique('servers_one_a_host').on(table.clusterId, table.hostId),
    index('servers_host').on(table.hostId),
  ],
)

export const tenants = pgTable(
  'tenants',
  {
    clusterId: cluster(),
    obTenantId: integer().notNull(),
    name: text().notNull(),
    mode: text({ enum: ['MYSQL', 'ORACLE'] }).notNull(),
    primaryZone: text().notNull(),
    locality: text().notNull(),
    status: text().notNull(),
    createTime: createTime(),
    updateTime: updateTime(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.obTenantId] })],
)

export const obproxyStatuses = [
  'CREATING',
  'RUNNING',
  'RESTARTING',
  'UPGRADING',
  'REFRESHING',
  'DELETING',
  'UNAVAILABLE',
  'TAKINGOVER',
] as const

export const obproxyWorkModes = ['CONFIG_URL', 'RS_LIST', 'OB_SHARDING'] as const

/** A parameter by name, as OCP's requests have it. */
interface Parameter {
  readonly name: string
  readonly value: string
}

export const obproxyClusters = pgTable('obproxy_clusters', {
  id: id(),
  name: text().notNull().unique(),
  address: text().notNull(),
  port: integer().notNull(),
  workMode: text({ enum: obproxyWorkModes }).notNull(),
  status: text({ enum: obproxyStatuses }).notNull(),
  /** Where its proxies ask for the clusters they serve; only of CONFIG_URL. */
  configUrl: text(),
  /** Package of its proxies; none while it has no proxies. */
  packageId: integer().references(() => packages.id),
  startupParameters: jsonb().$type<readonly Parameter[]>().notNull().default([]),
  parameters: jsonb().$type<readonly Parameter[]>().notNull().default([]),
  /** The task that made it: whose marks its things on hosts bear. */
  taskId: integer(),
  creatorId: integer(),
  creator: text().notNull(),
  createTime: createTime(),
  updateTime: updateTime(),
})

export const obproxyServers = pgTable(
  'obproxy_servers',
  {
    id: id(),
    obproxyClusterId: integer()
      .notNull()
      .references(() => obproxyClusters.id, { onDelete: 'cascade' }),
    hostId: integer()
      .notNull()
      .references(() => hosts.id),
    sqlPort: integer().notNull(),
    exporterPort: integer().notNull(),
    version: text(),
    status: text({ enum: obproxyStatuses }).notNull(),
    /** When it was last seen to answer. */
    lastActiveTime: instant(),
    createTime: createTime(),
  },
  (table) => [index('obproxy_servers_host').on(table.hostId)],
)

/** CHANGING while a task links or unlinks it. */
export const obproxyLinkStates = ['LINKED', 'CHANGING'] as const

export const obproxyLinks = pgTable(
  'obproxy_links',
  {
    obproxyClusterId: integer()
      .notNull()
      .references(() => obproxyClusters.id, { onDelete: 'cascade' }),
    clusterId: cluster(),
    username: text().notNull(),
    state: text({ enum: obproxyLinkStates }).notNull().default('LINKED'),
    createTime: createTime(),
  },
  (table) => [primaryKey({ columns: [table.obproxyClusterId, table.clusterId] })],
)
