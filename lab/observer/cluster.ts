import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './home.ts'
import { kernelFolder } from './kernel.ts'
import type { Primary } from './standby.ts'

/** Microseconds since 1970, the unit of OceanBase's inner tables. */
export type Micros = number

export type Server = {
  id: number
  ip: string
  rpcPort: number
  sqlPort: number
  zone: string
  alive: boolean
  /** When it last answered the root service. */
  lastSeen: Micros
  deletingSince: Micros
  created: Micros
  startService: Micros
  stopTime: Micros
  lastOffline: Micros
  buildVersion: string
  resources: Resources
}
export type Resources = {
  cpu: number
  memoryLimit: number
  systemMemory: number
  dataDisk: number
  logDisk: number
}
export type Zone = { name: string; region: string; idc: string; active: boolean; created: Micros }

export type Standby = {
  clusterId: number
  clusterName: string
  status: 'REGISTERED' | 'VALID'
  rootServers: string[]
}

/** What the leader knows of its cluster; the whole of it is one JSON file in the leader's slog. */
export type Cluster = {
  version: string
  clusterId: number
  clusterName: string
  role: 'PRIMARY' | 'STANDBY'
  /** Of a standby: where its primary is. */
  primary?: Primary
  /** Of a primary: who follows it, or has asked to. */
  standbys?: Standby[]
  /** Where the kernel is. */
  leader: string
  /** Who leads the root service, when it is not that one. */
  rootServer?: string
  /** Hashes of passwords by user, of a primary. */
  users?: Record<string, string>
  created: Micros
  zones: Zone[]
  servers: Server[]
  nextServerId: number
  primaryZone: string
  parameters: Record<string, string>
  frozenVersion: number
  frozenAt: Micros
  previousFrozenAt: Micros
  ioCalibrationAt: Micros
  /** Rows of a table that the kernel has not. */
  leapSecondRows?: number
  tenantJobs: { id: number; type: string; sql: string; at: Micros }[]
}

/** What every member keeps: enough to find its leader again. */
export type Membership = {
  clusterId: number
  clusterName: string
  zone: string
  leader: string
  complete: boolean
}

export const now = (): Micros => Date.now() * 1000

/** A merge and an io calibration of the lab take this long. */
export const mergeMicros = 1_000_000
export const calibrationMicros = 800_000

export const merging = (cluster: Cluster): boolean => now() < cluster.frozenAt + mergeMicros

const memberFile = (dataDir: string) => join(dataDir, 'slog/member.json')
const clusterFile = (dataDir: string) => join(dataDir, 'slog/cluster.json')
const tenantLog = (dataDir: string) => join(dataDir, 'clog/tenant_1')

function read<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined
}

export const loadMembership = (dataDir: string) => read<Membership>(memberFile(dataDir))
export const loadCluster = (dataDir: string) => read<Cluster>(clusterFile(dataDir))
export const saveCluster = (dataDir: string, cluster: Cluster) =>
  writeAtomically(clusterFile(dataDir), JSON.stringify(cluster))

/**
 * Writes the membership and the sys tenant's log folder: from here on this store is no longer
 * empty.
 */
export function saveMembership(dataDir: string, membership: Membership): void {
  mkdirSync(tenantLog(dataDir), { recursive: true })
  writeAtomically(memberFile(dataDir), JSON.stringify(membership))
}

/** Takes a server's membership away again, when its joining was refused half-way. */
export function forgetMembership(dataDir: string): void {
  rmSync(memberFile(dataDir), { force: true })
  rmSync(tenantLog(dataDir), { recursive: true, force: true })
}

/**
 * A finished or broken bootstrap leaves these; the real observer then says "observer is not empty".
 */
export function isDirty(dataDir: string): boolean {
  return [
    memberFile(dataDir),
    clusterFile(dataDir),
    tenantLog(dataDir),
    kernelFolder(dataDir),
  ].some((path) => existsSync(path))
}
