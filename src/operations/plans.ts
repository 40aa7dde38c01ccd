import type * as nodes from '../activities/index.ts'
import type { Plan, Stage, ZoneByZone } from '../plan/plan.ts'
import type { StageName } from './names.ts'

export { once, perHost, zoneByZone } from '../plan/plan.ts'

type Once<Activity extends string> = Stage<'once', Activity, StageName>
type PerHost<Activity extends string> = Stage<'perHost', Activity, StageName>

/** Nodes that need nothing but the store. */
type OnStore = keyof typeof nodes.storeNodes
/** Nodes that work on a zone when its turn comes, else on all that the task is about. */
type OnPart = keyof typeof nodes.partNodes
type OnHost = PerHost<keyof typeof nodes.hostNodes>

/** A stage of an operation on a cluster. */
export type ClusterStage =
  | Once<OnStore | OnPart | keyof typeof nodes.clusterNodes>
  | OnHost
  | ZoneByZone<Once<OnPart> | OnHost>
/** A stage of an operation on a host that belongs to nothing yet. */
export type HostStage = Once<OnStore | keyof typeof nodes.preparedHostNodes>
/** A stage of an operation on an OBProxy cluster. */
export type ObproxyStage =
  | Once<OnStore | keyof typeof nodes.obproxyNodes>
  | PerHost<keyof typeof nodes.obproxyHostNodes>

/**
 * A plan of stages of one kind: a node of another kind, or a name without a Chinese one, does not
 * compile.
 */
const planOf =
  <Kind extends Stage | ZoneByZone>() =>
  (
    name: string,
    stages: readonly Kind[],
    { prohibitRollback = false }: { readonly prohibitRollback?: boolean } = {},
  ): Plan => ({
    name,
    stages,
    prohibitRollback,
  })

export const clusterPlan = planOf<ClusterStage>()
export const hostPlan = planOf<HostStage>()
export const obproxyPlan = planOf<ObproxyStage>()
