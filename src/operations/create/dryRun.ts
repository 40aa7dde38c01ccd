import type { Finding } from '../../errors/refused.ts'
import type { ClusterSpec } from '../../oceanbase/index.ts'
import type { Plan } from '../../plan/plan.ts'
import type { CreateLook, Db, Keys } from '../../store/acceptance.ts'
import { createClusterPlan } from '../createCluster.ts'
import { createStandbyClusterPlan } from '../createStandbyCluster.ts'
import { admit, type Inventory } from './admission.ts'
import { readInventory } from './inventory.ts'
import type { NewCluster, NewZone } from './newCluster.ts'
import { planCreate, rootServerOf } from './plan.ts'

export interface DryRun {
  /** Everything in the inventory that stands in the way. */
  readonly findings: readonly Finding[]
  readonly obClusterId: number
  /** Absent when there is no zone or no server to plan over. */
  readonly task: (ReturnType<typeof planCreate> & { readonly plan: Plan }) | undefined
  /** What can be looked at on those of the hosts that exist; absent when none does. */
  readonly look: CreateLook | undefined
}

/**
 * Of a package that is not in the store only its file name tells something: OCP's form is
 * `name-version-build.os.arch.rpm`.
 */
function packageOf({ rpmName }: NewCluster, { package: found, needs, packageBytes }: Inventory) {
  if (found) {
    const { name, version, release, architecture } = found
    return {
      name,
      version,
      nvra: `${name}-${version}-${release}.${architecture}`,
      architecture,
      size: packageBytes,
      needs,
    }
  }
  const [, name = '', version = '', architecture = ''] =
    /^(.+)-([^-]+)-[^-]+\.([^.]+)\.rpm$/.exec(rpmName) ?? []
  return { name, version, nvra: rpmName.replace(/\.rpm$/, ''), architecture, size: 0, needs }
}

function specOf(
  request: NewCluster,
  inventory: Inventory,
  obClusterId: number,
  version: string,
): ClusterSpec {
  const seen = new Set<number>()
  const serversOf = (zone: NewZone) =>
    zone.servers.flatMap((hostId) => {
      const host = inventory.hosts.get(hostId)
      if (host === undefined || seen.has(hostId)) return []
      seen.add(hostId)
      return [
        {
          hostId,
          ip: host.innerIpAddress,
          zone: zone.name,
          rootServer: hostId === rootServerOf(zone),
        },
      ]
    })
  return {
    id: 0,
    name: request.name,
    obClusterId,
    type: request.type,
    version,
    packageId: inventory.package?.id ?? 0,
    primaryZone: request.primaryZone,
    sqlPort: request.sqlPort,
    rpcPort: request.rpcPort,
    paths: { install: request.installPath, data: request.dataPath, log: request.logPath },
    osUser: request.osUser,
    startupParameters: request.startupParameters,
    zones: request.zones.map((zone) => ({
      name: zone.name,
      idcName: zone.idcName,
      regionName: inventory.idcs.get(zone.idcName)?.regionName ?? '',
      servers: serversOf(zone),
    })),
    obproxyClusterIds: request.obproxyClusterIds,
  }
}

/** What posting a create would come to now. Reads only; the transaction may be read only. */
export async function dryRunCluster(tx: Db, keys: Keys, request: NewCluster): Promise<DryRun> {
  const inventory = await readInventory(tx, keys, request, 'ask')
  const obClusterId = request.obClusterId ?? inventory.lastObClusterId + 1
  const { version, ...wanted } = packageOf(request, inventory)
  const planned = request.zones.some((zone) => zone.servers.length > 0)
  const cluster = specOf(request, inventory, obClusterId, version)
  const plan = request.type === 'STANDBY' ? createStandbyClusterPlan : createClusterPlan
  const rpm = inventory.package ?? { version, fileName: request.rpmName }
  return {
    findings: admit(request, inventory),
    obClusterId,
    task: planned
      ? { plan, ...planCreate({ request, inventory, package: rpm, obClusterId }) }
      : undefined,
    look: cluster.zones.some((zone) => zone.servers.length > 0)
      ? { cluster, package: wanted }
      : undefined,
  }
}
