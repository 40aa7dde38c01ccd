import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { createTime, id, instant, updateTime } from './columns.ts'

export const regions = pgTable('regions', {
  id: id(),
  name: text().notNull().unique(),
  description: text(),
  createTime: createTime(),
  updateTime: updateTime(),
})

export const idcs = pgTable('idcs', {
  id: id(),
  name: text().notNull().unique(),
  description: text(),
  regionId: integer()
    .notNull()
    .references(() => regions.id),
  createTime: createTime(),
  updateTime: updateTime(),
})

export const hostTypes = pgTable('host_types', {
  id: id(),
  name: text().notNull().unique(),
  description: text(),
  createTime: createTime(),
  updateTime: updateTime(),
})

/** How to log in to hosts; the password or key itself is the secret `credential/<id>`. */
export const credentials = pgTable('credentials', {
  id: id(),
  name: text().notNull().unique(),
  targetType: text({ enum: ['HOST'] }).notNull(),
  type: text({ enum: ['PASSWORD', 'PRIVATE_KEY'] }).notNull(),
  username: text().notNull(),
  /** Who may use it for any host. */
  ownerId: integer().notNull(),
  owner: text().notNull(),
  /** Addresses of hosts that others may use it for. */
  sharedAddresses: text().array().notNull().default(sql`'{}'::text[]`),
  createTime: createTime(),
  updateTime: updateTime(),
})

export const packageTypes = [
  'OB_SERVER_INSTALL_PACKAGE',
  'OCP_AGENT_INSTALL_PACKAGE',
  'OBPROXY_INSTALL_PACKAGE',
  'OB_BACKUP_AGENT_INSTALL_PACKAGE',
] as const

export const packages = pgTable(
  'packages',
  {
    id: id(),
    name: text().notNull(),
    fileName: text().notNull().unique(),
    path: text().notNull(),
    size: bigint({ mode: 'number' }).notNull(),
    sha1: text().notNull(),
    sha256: text().notNull(),
    type: text({ enum: packageTypes }).notNull(),
    version: text().notNull(),
    /** The rpm's release without its OS part, e.g. `20201211175814`. */
    buildNumber: text().notNull(),
    /** The rpm's whole release, e.g. `20201211175814.el7`. */
    release: text().notNull(),
    operatingSystem: text().notNull(),
    architecture: text().notNull(),
    /** What it needs and what it is good for, as rpm writes them. */
    requires: text().array().notNull().default([]),
    provides: text().array().notNull().default([]),
    /** What its header lists in directories called bin, as absolute paths. */
    programs: jsonb().$type<readonly string[]>().notNull().default([]),
    uploaderId: integer().notNull(),
    /**
     * Whether the uploader was an ADMIN then: what ADMIN uploads may run as root on anybody's host.
     */
    byAdmin: boolean().notNull(),
    createTime: createTime(),
  },
  (table) => [index('packages_type').on(table.type, table.architecture)],
)

export const hostStatuses = ['NEW', 'AVAILABLE', 'ONLINE', 'OFFLINE', 'DELETING'] as const
export const agentStatuses = [
  'AVAILABLE',
  'RESTARTING',
  'STOPPING',
  'REINSTALLING',
  'OFFLINE',
  'DELETED',
] as const
export const hostKinds = [
  'DEDICATED_PHYSICAL_MACHINE',
  'DEDICATED_CONTAINER',
  'DEDICATED_ECS',
] as const

export const hosts = pgTable(
  'hosts',
  {
    id: id(),
    name: text(),
    alias: text(),
    description: text(),
    innerIpAddress: text().notNull().unique(),
    sshPort: integer().notNull(),
    kind: text({ enum: hostKinds }).notNull(),
    publishPorts: jsonb().$type<readonly string[]>(),
    serialNumber: text(),
    operatingSystem: text(),
    operatingSystemRelease: text(),
    architecture: text(),
    /** What "Prepare host" read beside the columns above: cores, memory, disks. */
    facts: jsonb().$type<Readonly<Record<string, unknown>>>(),
    idcId: integer()
      .notNull()
      .references(() => idcs.id),
    typeId: integer().references(() => hostTypes.id),
    credentialId: integer()
      .notNull()
      .references(() => credentials.id),
    status: text({ enum: hostStatuses }).notNull(),
    /** SHA-256 of the SSH host key seen first, base64. */
    hostKey: text(),
    /** That key's type, e.g. `ssh-ed25519`; null while only its fingerprint is known. */
    hostKeyType: text(),
    /** Which machine it was when it was last looked at; see host/machine.ts. */
    machineId: text(),
    bootId: text(),
    /** Chosen before anything of it is installed: what is done and undone later is this one's. */
    agentPackageId: integer().references(() => packages.id),
    agentVersion: text(),
    agentStatus: text({ enum: agentStatuses }),
    createTime: createTime(),
    updateTime: updateTime(),
  },
  (table) => [index('hosts_status').on(table.status), index('hosts_idc').on(table.idcId)],
)

export const serviceTypes = [
  'OB_CLUSTER',
  'OB_PROXY',
  'OCP_AGENT',
  'BACKUP_AGENT',
  'RESTORE_AGENT',
  'BACKUP_RESTORE_AGENT',
  'OMS',
] as const

/** What runs on a host, or has it reserved. OCP allows one service of a type on a host. */
export const hostServices = pgTable(
  'host_services',
  {
    id: id(),
    hostId: integer()
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    type: text({ enum: serviceTypes }).notNull(),
    /** `cluster:obClusterId` for an OB_CLUSTER. */
    name: text().notNull(),
    version: text(),
    softwarePackageId: integer().references(() => packages.id),
    clusterId: integer(),
  },
  (table) => [
    unique('host_services_one_of_a_type').on(table.hostId, table.type),
    index('host_services_cluster').on(table.clusterId),
  ],
)

/** Ciphertext by reference (`cluster/22/root`); see secrets.ts. */
export const secrets = pgTable('secrets', {
  ref: text().primaryKey(),
  keyId: text().notNull(),
  /** base64 of IV, tag and ciphertext. */
  sealed: text().notNull(),
  createTime: createTime(),
  updateTime: instant(),
})
