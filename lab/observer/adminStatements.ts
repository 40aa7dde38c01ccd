import { refuseNotEmpty } from './bootstrap.ts'
import { type Cluster, mergeMicros, merging, now, saveCluster } from './cluster.ts'
import type { Observer } from './observer.ts'
import { belongsTo4, parametersOf } from './parameters.ts'
import { normalPrimaryZone } from './primaryZone.ts'
import { addServers, deleteServers, startOrStopServers } from './serverStatements.ts'
import { refusal } from './sqlErrors.ts'
import { changeStandby } from './standby.ts'
import type { Decision } from './statements.ts'
import { changeZone } from './zoneStatements.ts'

type Admin = {
  pattern: RegExp
  run: (
    self: Observer,
    found: RegExpExecArray,
  ) => Decision | undefined | Promise<Decision | undefined>
}

const ok: Decision = { kind: 'ok' }

/**
 * Runs with the leader's cluster, which exists when decide() asks; what it changed is on disk
 * before the answer goes out.
 */
function onCluster(
  run: (
    cluster: Cluster,
    found: RegExpExecArray,
    self: Observer,
  ) => Decision | undefined | Promise<Decision | undefined>,
): Admin['run'] {
  return async (self, found) => {
    if (!self.cluster) return undefined
    const decision = await run(self.cluster, found, self)
    saveCluster(self.dataDir, self.cluster)
    return decision
  }
}

/** The same for what only changes the cluster and is answered with OK. */
function change(
  run: (cluster: Cluster, found: RegExpExecArray, self: Observer) => void | Promise<void>,
): Admin['run'] {
  return onCluster(async (cluster, found, self) => {
    await run(cluster, found, self)
    return ok
  })
}

/** The same for what 4.x has no more: there a standby is a tenant. */
const onLine3 = (run: (cluster: Cluster, found: RegExpExecArray) => void): Admin['run'] =>
  change((cluster, found, self) => {
    if (self.version.line === '4.x')
      throw refusal('syntax', "You have an error in your SQL syntax; near 'CLUSTER'")
    run(cluster, found)
  })

const servers = String.raw`('[^']+'(?:\s*,\s*'[^']+')*)`
const zone = String.raw`['"\x60]?(\w+)['"\x60]?`
const admin = (text: string) => new RegExp(`^${text.replaceAll(' ', String.raw`\s+`)}$`, 'i')

/**
 * Cluster-level statements that the front answers; what matches none goes to the kernel. Source:
 * deployers §1.6, §1.11, §1.18.
 */
export const adminStatements: Admin[] = [
  {
    pattern: /^ALTER\s+SYSTEM\s+BOOTSTRAP\b/i,
    run: (self) => {
      refuseNotEmpty(self)
      return undefined
    },
  },
  {
    pattern: admin(String.raw`ALTER SYSTEM ADD SERVER ${servers}(?: ZONE(?:\s*=\s*|\s+)${zone})?`),
    run: change((cluster, found, self) => addServers(self, cluster, found[1] ?? '', found[2])),
  },
  {
    pattern: admin(
      String.raw`ALTER SYSTEM DELETE SERVER ${servers}(?: ZONE(?:\s*=\s*|\s+)${zone})?`,
    ),
    run: change((cluster, found) => deleteServers(cluster, found[1] ?? '')),
  },
  {
    pattern: admin(
      String.raw`ALTER SYSTEM (START|STOP|FORCE STOP|ISOLATE) SERVER ${servers}(?: ZONE(?:\s*=\s*|\s+)${zone})?`,
    ),
    run: change((cluster, found) => startOrStopServers(cluster, found[1] ?? '', found[2] ?? '')),
  },
  {
    pattern: admin(
      String.raw`ALTER SYSTEM (ADD|DELETE|START|STOP|ISOLATE|FORCE STOP|ALTER|CHANGE|MODIFY) ZONE ${zone}((?:\s|,)[\s\S]*)?`,
    ),
    run: change((cluster, found) =>
      changeZone(cluster, found[1] ?? '', found[2] ?? '', found[3] ?? ''),
    ),
  },
  {
    pattern: admin(String.raw`ALTER SYSTEM MAJOR FREEZE(?: (TENANT)\b[\s\S]*)?`),
    run: onCluster((cluster, found, self) => majorFreeze(self, cluster, found[1] !== undefined)),
  },
  {
    pattern: admin(
      String.raw`ALTER SYSTEM RUN JOB ["']io_calibration["'](?: (?:ZONE|SERVER)\b[\s\S]*)?`,
    ),
    run: onCluster(calibrate),
  },
  {
    pattern: admin(String.raw`ALTER SYSTEM REFRESH IO CALIBRATION[\s\S]*`),
    run: onCluster(calibrate),
  },
  {
    pattern: admin(String.raw`ALTER SYSTEM CLEAR (?:MERGE ERROR|ROOTTABLE)[\s\S]*`),
    run: () => ok,
  },
  { pattern: admin('ALTER SYSTEM ADD CLUSTER VERIFY'), run: onLine3(() => undefined) },
  {
    pattern: admin(
      String.raw`ALTER SYSTEM (ADD|REMOVE) CLUSTER ${zone} CLUSTER_ID(?:\s*=\s*|\s+)(\d+)(?: FORCE)?`,
    ),
    run: onLine3((cluster, found) =>
      changeStandby(cluster, found[1] ?? '', found[2] ?? '', Number(found[3])),
    ),
  },
  {
    pattern: admin(String.raw`ALTER SYSTEM SET ${zone}\s*=\s*([\s\S]+)`),
    run: onCluster(setParameter),
  },
  {
    pattern: admin(
      String.raw`ALTER TENANT ${zone} SET PRIMARY_ZONE\s*=?\s*(RANDOM|'[^']*'|"[^"]*")`,
    ),
    run: onCluster(setPrimaryZone),
  },
]

function majorFreeze(self: Observer, cluster: Cluster, tenant: boolean): Decision {
  if (tenant && self.version.line !== '4.x')
    throw refusal('syntax', "You have an error in your SQL syntax; near 'TENANT'")
  if (cluster.role === 'STANDBY')
    throw refusal('opNotAllow', 'major freeze on standby cluster not allowed')
  if (merging(cluster) && self.version.line !== '4.x')
    throw refusal('lastFreezeUnfinished', 'last major freeze has not finished')
  if (!merging(cluster)) {
    cluster.previousFrozenAt = cluster.frozenAt
    cluster.frozenAt = Math.max(now(), cluster.frozenAt + mergeMicros)
    cluster.frozenVersion += 1
  }
  // The kernel is not told: its merge takes ten core seconds, and the views above are the front's.
  return ok
}

function calibrate(cluster: Cluster, _found: RegExpExecArray, self: Observer): Decision {
  if (self.version.line !== '4.x') throw refusal('syntax', 'You have an error in your SQL syntax')
  cluster.ioCalibrationAt = now()
  return ok
}

/**
 * Keeps a parameter of the cluster level; one that the front does not know is the kernel's to take
 * or refuse.
 */
function setParameter(
  cluster: Cluster,
  found: RegExpExecArray,
  self: Observer,
): Decision | undefined {
  const name = (found[1] ?? '').toLowerCase()
  if (!(name in parametersOf(self.version.line))) {
    if (belongsTo4(name)) throw refusal('entryNotExist', `System config unknown: ${name}`)
    return undefined
  }
  const scoped = (found[2] ?? '')
    .replace(/\s+(?:SERVER|ZONE|SCOPE|COMMENT|TENANT)\s*=[\s\S]*$/i, '')
    .trim()
  cluster.parameters[name] = scoped.replace(/^(['"])([\s\S]*)\1$/, '$2')
  return ok
}

function setPrimaryZone(cluster: Cluster, found: RegExpExecArray): Decision {
  if ((found[1] ?? '').toLowerCase() !== 'sys')
    throw refusal('invalidTenant', `Unknown tenant '${found[1]}'`)
  const value = (found[2] ?? '').replace(/^(['"])([\s\S]*)\1$/, '$2')
  const random = /^(RANDOM|DEFAULT|)$/i.test(value)
  const missing = random
    ? []
    : value
        .split(/[;,]/)
        .filter((name) => !cluster.zones.some((known) => known.name === name.trim()))
  if (missing.length > 0)
    throw refusal('primaryZoneNotInList', `primary zone '${missing.join(',')}' not in zone list`)
  cluster.primaryZone = random ? 'RANDOM' : normalPrimaryZone(value, cluster.zones)
  cluster.tenantJobs.push({
    id: cluster.tenantJobs.length + 1,
    type: 'ALTER_TENANT_PRIMARY_ZONE',
    sql: `ALTER TENANT sys SET PRIMARY_ZONE='${value}'`,
    at: now(),
  })
  return ok
}
