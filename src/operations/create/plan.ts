import type { Plan } from '../../plan/plan.ts'
import type { Package } from '../../store/packages.ts'
import type { TaskContext, TaskTargets } from '../../store/schema/tasks.ts'
import { createPrimaryCluster } from '../createCluster.ts'
import { createStandbyCluster } from '../createStandbyCluster.ts'
import type { Inventory } from './admission.ts'
import { createContext } from './context.ts'
import type { NewCluster, NewZone } from './newCluster.ts'

/** What a create comes to, over the inventory as it is; pure, so that asking about a create gives what posting it would. */
export interface PlannedCreate {
  readonly workflow: 'createCluster' | 'createStandbyCluster'
  readonly plan: Plan
  readonly targets: TaskTargets
  readonly context: TaskContext
}

export interface CreateFacts {
  readonly request: NewCluster
  readonly inventory: Pick<Inventory, 'hosts'>
  readonly package: Pick<Package, 'version' | 'fileName'>
  readonly obClusterId: number
  /** Absent while nothing is accepted. */
  readonly clusterId?: number | undefined
}

/** The host of a zone that takes part in BOOTSTRAP. */
export const rootServerOf = (zone: NewZone): number => zone.rootServer ?? zone.servers[0] ?? 0

const operations = {
  PRIMARY: { workflow: 'createCluster', plan: createPrimaryCluster },
  STANDBY: { workflow: 'createStandbyCluster', plan: createStandbyCluster },
} as const

/** The plan of a create, its hosts and zones. */
export function planCreate({ request, inventory, package: rpm, obClusterId, clusterId }: CreateFacts): PlannedCreate {
  const { type, zones } = request
  const { workflow, plan } = operations[type]
  const ipOf = (hostId: number): string => inventory.hosts.get(hostId)?.innerIpAddress ?? ''
  const hosts = zones.flatMap((zone) => zone.servers).map((id) => ({ id, ip: ipOf(id) }))
  const targets = { hosts, zones: zones.map((zone) => zone.name) }
  return {
    workflow,
    plan,
    targets,
    context: createContext({ request, clusterId, obClusterId, package: rpm, ipOf, rootServers: zones.map(rootServerOf) }),
  }
}
