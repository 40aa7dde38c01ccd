import type { Ask } from '../plan/ask.ts'
import { isRace, type Store } from '../store/index.ts'
import { type Accepted, accept } from './accept.ts'
import { type DryRun, dryRunCluster } from './create/dryRun.ts'
import type { NewCluster } from './create/newCluster.ts'
import { operate, rehearseRollback } from './operate.ts'
import type { Asked, Operation } from './operation.ts'
import {
  createCluster,
  createStandbyCluster,
  deleteCluster,
  deleteStandbyCluster,
} from './registry.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'

export type { Accepted } from './accept.ts'
export type { DryRun } from './create/dryRun.ts'
export { type NewCluster, type NewZone, priorityGroups } from './create/newCluster.ts'
export type { NewObproxy } from './createObproxyCluster.ts'
export type { Footprint } from './footprint.ts'
export type { WantedLink } from './obproxy/rules.ts'
export { noSubtask } from './operate.ts'
export type { Asked, Operation } from './operation.ts'
export type { HostsRequest } from './prepareHost.ts'
export * from './registry.ts'
export type { Rehearsal } from './rehearse.ts'

/** The create of a kind of cluster, and its deletion. */
export const creates = { PRIMARY: createCluster, STANDBY: createStandbyCluster } as const
export const deletes = { PRIMARY: deleteCluster, STANDBY: deleteStandbyCluster } as const

/** What may be asked of this system that becomes work on hosts, and what may be asked of a task. */
export interface Operations {
  /** Accepts an operation whole, or throws Refused and leaves nothing. */
  accept<Request>(operation: Operation<string, Request>, asked: Asked<Request>): Promise<Accepted>
  /** What accepting an operation would come to, changing nothing. Throws Refused like it. */
  rehearse<Request>(
    operation: Operation<string, Request>,
    asked: Asked<Request>,
  ): Promise<Rehearsal>
  /** What a create would make, with all findings against it; changes nothing. */
  dryRunCluster(request: NewCluster): Promise<DryRun>
  /** Accepts a retry, skip, cancel or rollback, or throws Refused; see operate.ts. */
  operate(taskId: number, ask: Ask): Promise<void>
  /** The task with the subtasks that a rollback would undo. Throws Refused like the rollback. */
  rehearseRollback(taskId: number): Promise<Rehearsal>
}

/** How often something is looked at again that another call was quicker to write. */
const maxRaces = 3

/** Does something again when another call came first: it is refused then, or finds room. */
async function afterRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let races = 0; ; races += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isRace(error) || races === maxRaces) throw error
    }
  }
}

/** The operations over a store. */
export function operationsOver({ transaction }: Pick<Store, 'transaction'>): Operations {
  return {
    accept: (operation, asked) =>
      afterRaces(() => transaction((tx, keys) => accept(tx, keys, operation, asked))),
    rehearse: (operation, asked) =>
      rehearse(transaction, async (tx, keys) => {
        const accepted = await accept(tx, keys, operation, asked)
        return { task: accepted.task, ...(accepted.note && { note: accepted.note }) }
      }),
    dryRunCluster: (request) =>
      transaction((tx, keys) => dryRunCluster(tx, keys, request), { accessMode: 'read only' }),
    operate: (taskId, ask) => transaction((tx) => operate(tx, taskId, ask)),
    rehearseRollback: (taskId) =>
      rehearse(transaction, async (tx) => ({ task: await rehearseRollback(tx, taskId) })),
  }
}
