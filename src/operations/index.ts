import type { Ask } from '../plan/ask.ts'
import type { Db } from '../store/db.ts'
import type { Store, TaskWithSubtasks } from '../store/index.ts'
import type { Keys } from '../store/key.ts'
import { acceptDelete, type DeleteRequest } from './acceptDelete.ts'
import { acceptHosts, type HostsAccepted, type HostsRequest } from './acceptHosts.ts'
import { acceptRollback } from './acceptRollback.ts'
import { type Acceptance, type Accepted, acceptCluster } from './create/accept.ts'
import { type DryRun, dryRunCluster } from './create/dryRun.ts'
import type { NewCluster } from './create/newCluster.ts'
import { acceptObproxy, type ObproxyAcceptance } from './obproxy/acceptCreate.ts'
import { acceptObproxyDelete, type ObproxyDeleteRequest } from './obproxy/acceptDelete.ts'
import { acceptLinks, acceptUnlink, type LinkRequest } from './obproxy/links.ts'
import type { WantedLink } from './obproxy/rules.ts'
import { operate } from './operate.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'

export type { DeleteRequest } from './acceptDelete.ts'
export type { HostsAccepted, HostsRequest } from './acceptHosts.ts'
export type { Acceptance, Accepted } from './create/accept.ts'
export type { DryRun } from './create/dryRun.ts'
export { type NewCluster, type NewZone, priorityGroups } from './create/newCluster.ts'
export type { Footprint } from './footprint.ts'
export type { NewObproxy, ObproxyAcceptance } from './obproxy/acceptCreate.ts'
export type { ObproxyDeleteRequest } from './obproxy/acceptDelete.ts'
export type { LinkRequest } from './obproxy/links.ts'
export type { WantedLink } from './obproxy/rules.ts'
export { noSubtask } from './operate.ts'
export type { Rehearsal } from './rehearse.ts'

/** What is admitted as one task. */
export interface Acceptances {
  /** Admits the deletion of a cluster or throws Refused; see acceptDelete.ts. */
  acceptDelete(request: DeleteRequest): Promise<TaskWithSubtasks>
  /** Admits an OBProxy cluster or throws Refused; see obproxy/acceptCreate.ts. */
  acceptObproxy(acceptance: ObproxyAcceptance): Promise<TaskWithSubtasks>
  /** Admits the deletion of an OBProxy cluster or throws Refused. */
  acceptObproxyDelete(request: ObproxyDeleteRequest): Promise<TaskWithSubtasks>
  /** Admits links of an OBProxy cluster or throws Refused; see obproxy/links.ts. */
  acceptLinks(request: LinkRequest<readonly WantedLink[]>): Promise<TaskWithSubtasks>
  /** Admits the end of the link to a cluster of this name or throws Refused. */
  acceptUnlink(request: LinkRequest<string>): Promise<TaskWithSubtasks>
  /** Admits the rollback of a task or throws Refused; see operate.ts. */
  acceptRollback(taskId: number): Promise<TaskWithSubtasks>
}

/** What may be asked of this system that becomes work on hosts. */
export interface Operations extends Acceptances {
  /** Admits a cluster or throws Refused; see create/accept.ts. */
  acceptCluster(acceptance: Acceptance): Promise<Accepted>
  /** What a create would come to, changing nothing; see create/dryRun.ts. */
  dryRunCluster(request: NewCluster): Promise<DryRun>
  /** What an acceptance would come to, changing nothing; see rehearse.ts. */
  rehearse(accept: (acceptances: Acceptances) => Promise<TaskWithSubtasks>): Promise<Rehearsal>
  /** Admits hosts or throws Refused; see acceptHosts.ts. */
  acceptHosts(request: HostsRequest): Promise<HostsAccepted>
  /** Accepts an operation on a task, or throws Refused; see operate.ts. */
  operate(taskId: number, ask: Ask): Promise<void>
}

const acceptances = (db: Db, keys: Keys): Acceptances => ({
  acceptDelete: (request) => acceptDelete(db, request),
  acceptObproxy: (acceptance) => acceptObproxy(db, keys, acceptance),
  acceptObproxyDelete: (request) => acceptObproxyDelete(db, keys, request),
  acceptLinks: (request) => acceptLinks(db, keys, request),
  acceptUnlink: (request) => acceptUnlink(db, keys, request),
  acceptRollback: (taskId) => acceptRollback(db, taskId),
})

/** The operations over a store. */
export function operationsOver({ transaction }: Pick<Store, 'transaction'>): Operations {
  const accepted = <T>(accept: (acceptances: Acceptances) => Promise<T>): Promise<T> =>
    transaction((tx, keys) => accept(acceptances(tx, keys)))
  return {
    acceptCluster: (acceptance) => transaction((tx, keys) => acceptCluster(tx, keys, acceptance)),
    dryRunCluster: (request) => transaction((tx, keys) => dryRunCluster(tx, keys, request), { accessMode: 'read only' }),
    acceptHosts: (request) => transaction((tx) => acceptHosts(tx, request)),
    acceptDelete: (request) => accepted((all) => all.acceptDelete(request)),
    acceptObproxy: (acceptance) => accepted((all) => all.acceptObproxy(acceptance)),
    acceptObproxyDelete: (request) => accepted((all) => all.acceptObproxyDelete(request)),
    acceptLinks: (request) => accepted((all) => all.acceptLinks(request)),
    acceptUnlink: (request) => accepted((all) => all.acceptUnlink(request)),
    acceptRollback: (taskId) => accepted((all) => all.acceptRollback(taskId)),
    rehearse: (accept) => transaction((tx, keys) => rehearse(tx, keys, (inner) => accept(acceptances(inner, keys)))),
    operate: (taskId, ask) => transaction((tx) => operate(tx, taskId, ask)),
  }
}
