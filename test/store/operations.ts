import {
  type Asked,
  createObproxyCluster,
  creates,
  deleteObproxyCluster,
  deletes,
  type HostsRequest,
  linkObproxy,
  type NewCluster,
  type NewObproxy,
  type Operations,
  operationsOver,
  prepareHost,
  unlinkObproxy,
  type WantedLink,
} from '../../src/operations/index.ts'
import type { Store, TaskWithSubtasks } from '../../src/store/index.ts'

type By = Omit<Asked<unknown>, 'request'>
interface OfObproxy extends By {
  readonly obproxyClusterId: number
}

/** The operations over a store, and a call for each, as the API makes it. */
export interface TestOperations extends Operations {
  acceptCluster(
    asked: Asked<NewCluster>,
  ): Promise<{ readonly task: TaskWithSubtasks; readonly again: boolean }>
  acceptDelete(asked: By & { readonly clusterId: number }): Promise<TaskWithSubtasks>
  acceptHosts(asked: By & HostsRequest): Promise<{
    readonly hostIds: readonly number[]
    readonly tasks: readonly TaskWithSubtasks[]
    readonly task: TaskWithSubtasks
  }>
  acceptObproxy(asked: Asked<NewObproxy>): Promise<TaskWithSubtasks>
  acceptObproxyDelete(asked: OfObproxy): Promise<TaskWithSubtasks>
  acceptLinks(
    asked: OfObproxy & { readonly wanted: readonly WantedLink[] },
  ): Promise<TaskWithSubtasks>
  acceptUnlink(asked: OfObproxy & { readonly wanted: string }): Promise<TaskWithSubtasks>
}

export function testOperations(store: Store): TestOperations {
  const operations = operationsOver(store)
  const { accept } = operations
  return {
    ...operations,
    async acceptCluster(asked) {
      const accepted = await accept(creates[asked.request.type], asked)
      return { task: accepted.task, again: accepted.again }
    },
    async acceptDelete({ clusterId, ...by }) {
      const type = (await store.clusters.get(clusterId))?.type ?? 'PRIMARY'
      return (await accept(deletes[type], { request: { clusterId }, ...by })).task
    },
    async acceptHosts({ creator, traceId, ...request }) {
      const { task, tasks } = await accept(prepareHost, { request, creator, traceId })
      return { task, tasks, hostIds: tasks.map(({ hostId }) => hostId ?? 0) }
    },
    acceptObproxy: async (asked) => (await accept(createObproxyCluster, asked)).task,
    acceptObproxyDelete: async ({ obproxyClusterId, ...by }) =>
      (await accept(deleteObproxyCluster, { request: { obproxyClusterId }, ...by })).task,
    acceptLinks: async ({ obproxyClusterId, wanted, ...by }) =>
      (await accept(linkObproxy, { request: { obproxyClusterId, wanted }, ...by })).task,
    acceptUnlink: async ({ obproxyClusterId, wanted, ...by }) =>
      (await accept(unlinkObproxy, { request: { obproxyClusterId, wanted }, ...by })).task,
  }
}
