import type { Targets } from '../../plan/expand.ts'
import type { Package, TaskContext } from '../../store/acceptance.ts'
import type { Inventory } from './admission.ts'
import { createContext } from './context.ts'
import type { NewCluster, NewZone } from './newCluster.ts'

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

const ipIn =
  ({ hosts }: Pick<Inventory, 'hosts'>) =>
  (hostId: number): string =>
    hosts.get(hostId)?.innerIpAddress ?? ''

/** What a create runs over. */
export function targetsOf({
  request: { zones },
  inventory,
}: Pick<CreateFacts, 'request' | 'inventory'>): Targets {
  const ipOf = ipIn(inventory)
  const hosts = zones.flatMap(({ name, servers }) =>
    servers.map((id) => ({ id, ip: ipOf(id), zone: name })),
  )
  return { hosts, zones: zones.map((zone) => zone.name) }
}

/** The hosts, zones and context of a create; pure, so that a dry run gives what a post would. */
export function planCreate({
  request,
  inventory,
  package: rpm,
  obClusterId,
  clusterId,
}: CreateFacts): {
  readonly targets: Targets
  readonly context: TaskContext
} {
  const ipOf = ipIn(inventory)
  const rootServers = request.zones.map(rootServerOf)
  return {
    targets: targetsOf({ request, inventory }),
    context: createContext({ request, clusterId, obClusterId, package: rpm, ipOf, rootServers }),
  }
}
