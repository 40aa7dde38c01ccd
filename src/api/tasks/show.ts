import { saidIn } from '../../errors/say.ts'
import { waitNode } from '../../plan/expand.ts'
import type {
  Subtask,
  Task,
  TaskContext,
  TaskSummary,
  TaskWithSubtasks,
} from '../../store/index.ts'
import { isoTime } from '../http/time.ts'
import { nameIn } from './names.ts'
import { causeFor, named, type Reader } from './reader.ts'

// A field without a value is undefined, and so not in the JSON: all subtasks have one shape then,
// which takes less time than leaving it out.
const time = (date: Date | null): string | undefined => (date === null ? undefined : isoTime(date))
const given = <Value>(value: Value | null): Value | undefined => value ?? undefined

const printMap = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(', ')}}`

/**
 * A context as OCP prints it: `Context(parallelIdx=-1, stringMap={k=v, …}, listMap={k=[…], …})`.
 * The store keeps no order of names, so they are put in one.
 */
export function printContext({ stringMap, listMap }: TaskContext): string {
  const lists = Object.entries(listMap).map(
    ([key, values]) => [key, `[${values.join(', ')}]`] as const,
  )
  return `Context(parallelIdx=-1, stringMap=${printMap(Object.entries(stringMap))}, listMap=${printMap(lists)})`
}

const clusterOf = ({
  clusterId,
  clusterName,
  obClusterId,
  clusterType,
}: Pick<Task, 'clusterId' | 'clusterName' | 'obClusterId' | 'clusterType'>) =>
  clusterId === null
    ? undefined
    : { id: clusterId, name: clusterName, obClusterId, type: clusterType }

const creatorOf = (task: Pick<Task, 'creatorId' | 'creator'>) => ({
  id: task.creatorId,
  name: task.creator,
})

/** What a reply to a create shows of a task; one that is only asked about has no id. */
export type CreatedTask = Pick<
  Task,
  | 'clusterId'
  | 'clusterName'
  | 'obClusterId'
  | 'context'
  | 'creatorId'
  | 'creator'
  | 'name'
  | 'startTime'
> & {
  readonly id: number | null
  readonly status?: Task['status']
  readonly subtasks: readonly (Pick<Subtask, 'id' | 'name' | 'upstreams' | 'downstreams'> &
    Partial<Pick<Subtask, 'status' | 'operation'>>)[]
}

/** A subtask that is being started shows as RUNNING, as on OCP's page. */
const shownStatus = ({ status, upstreams }: CreatedTask['subtasks'][number]): Subtask['status'] => {
  if (status !== undefined && status !== 'READY') return status
  return status === 'READY' || upstreams.length === 0 ? 'RUNNING' : 'PENDING'
}

/**
 * The reply to a create, as OCP's API page prints it: the task as it stands, its first subtask
 * RUNNING because it is being started. `clusterId` is what the Terraform provider reads.
 */
export function showCreated(task: CreatedTask, reader: Reader) {
  const { clusterId, clusterName, obClusterId } = task
  return {
    cluster: { id: clusterId, name: clusterName, obClusterId },
    clusterId,
    context: printContext(task.context),
    creator: creatorOf(task),
    id: task.id,
    name: nameIn(reader.language, task.name),
    startTime: isoTime(task.startTime),
    status: task.status ?? 'RUNNING',
    tasks: task.subtasks.map((subtask) => showCreatedSubtask(subtask, reader)),
  }
}

/** A subtask in the answer to a create. */
export const showCreatedSubtask = (subtask: CreatedTask['subtasks'][number], reader: Reader) => ({
  ...named(reader, subtask.name),
  downstreams: subtask.downstreams,
  id: subtask.id,
  operation: subtask.operation ?? 'EXECUTE',
  status: shownStatus(subtask),
  upstreams: subtask.upstreams,
})

const isAtWork = ({ status }: Subtask): boolean => status === 'RUNNING' || status === 'CANCELING'

/**
 * OCP's SubtaskInstance. A failed one also shows why; one at work how often it was tried and how
 * the last attempt failed. Clients of OCP pass over what they do not know.
 */
export const showSubtask = (subtask: Subtask, reader: Reader) => ({
  attempt: isAtWork(subtask) ? subtask.attempt : undefined,
  createTime: isoTime(subtask.createTime),
  ...named(reader, subtask.name),
  downstreams: subtask.downstreams,
  error: subtask.status === 'FAILED' && subtask.cause ? causeFor(reader, subtask.cause) : undefined,
  executor: given(subtask.executor),
  finishTime: time(subtask.finishTime),
  hostId: given(subtask.hostId),
  hostIp: given(subtask.ip),
  id: subtask.id,
  join: subtask.activity === waitNode ? true : undefined,
  lastMessage:
    isAtWork(subtask) && subtask.lastMessage
      ? saidIn(reader.language, subtask.lastMessage)
      : undefined,
  nodeType: 'JAVA_TASK',
  operation: subtask.operation,
  parallelIdx: subtask.parallelIdx,
  prohibitRollback: subtask.prohibitRollback,
  prohibitSkip: subtask.prohibitSkip,
  runTime: subtask.runTime,
  seriesId: subtask.index,
  startTime: time(subtask.startTime),
  status: subtask.status,
  timeout: subtask.timeout,
  upstreams: subtask.upstreams,
  zone: given(subtask.zone),
})

/** Where a task's run is in Temporal's Web UI. */
const temporalUrlOf = (
  { workflowId }: Pick<Task, 'workflowId'>,
  { temporalUi }: Reader,
): string | undefined =>
  temporalUi === undefined ? undefined : `${temporalUi}/workflows/${encodeURIComponent(workflowId)}`

/** OCP's WrappedTaskInstance, with the flat ids of its TaskInstance beside. */
export const showTask = (task: TaskWithSubtasks, reader: Reader) => ({
  cluster: clusterOf(task),
  clusterId: given(task.clusterId),
  context: printContext(task.context),
  createTime: isoTime(task.createTime),
  creator: creatorOf(task),
  executor: given(task.executor),
  finishTime: time(task.finishTime),
  hostId: given(task.hostId),
  id: task.id,
  name: nameIn(reader.language, task.name),
  obproxyClusterId: given(task.obproxyClusterId),
  operation: task.operation,
  prohibitRollback: task.prohibitRollback,
  startTime: isoTime(task.startTime),
  status: task.status,
  subtasks: task.subtasks.map((subtask) => showSubtask(subtask, reader)),
  taskDefinitionId: -1,
  temporalUrl: temporalUrlOf(task, reader),
  type: task.type,
})

/** What of a task itself may change, for readers who have seen the rest. */
export const showTaskState = ({
  id,
  status,
  operation,
  finishTime,
}: Pick<Task, 'id' | 'status' | 'operation' | 'finishTime'>) => ({
  finishTime: time(finishTime),
  id,
  operation,
  status,
})

/** Fields of a subtask in the compact form; the others say what is known anyhow. */
const columns = [
  'id',
  'seriesId',
  'name',
  'status',
  'operation',
  'runTime',
  'hostId',
  'hostIp',
  'zone',
  'parallelIdx',
  'upstreams',
  'downstreams',
  'startTime',
  'finishTime',
  'executor',
  'attempt',
  'lastMessage',
  'error',
  'join',
  'timeout',
  'prohibitSkip',
  'prohibitRollback',
] as const satisfies readonly (keyof ReturnType<typeof showSubtask>)[]

/** What of a subtask may change; the rest of it a reader has from the first event. */
const changing = [
  'id',
  'status',
  'operation',
  'runTime',
  'startTime',
  'finishTime',
  'executor',
  'attempt',
  'lastMessage',
  'error',
] as const satisfies readonly (typeof columns)[number][]

/** Subtasks as lists of values, in the order of some columns. */
const rowsOf = (
  subtasks: readonly Subtask[],
  which: readonly (typeof columns)[number][],
  reader: Reader,
) =>
  subtasks.map((subtask) => {
    const shown = showSubtask(subtask, reader)
    return which.map((column) => shown[column] ?? null)
  })

/** A wide task in a third of the bytes: a list a subtask, its values in the order of `columns`. */
export function compactTask(task: TaskWithSubtasks, reader: Reader) {
  const { subtasks: _, ...facts } = showTask({ ...task, subtasks: [] }, reader)
  return { ...facts, columns, rows: rowsOf(task.subtasks, columns, reader) }
}

/** Subtasks that changed, in a fifth of the bytes: hundreds of readers are told of each. */
export const compactChanges = (subtasks: readonly Subtask[], reader: Reader) => ({
  columns: changing,
  rows: rowsOf(subtasks, changing, reader),
})

/** OCP's TaskInstance, whose creator is a plain name: what batchCreate answers for each host. */
export function showHostTask(task: TaskWithSubtasks, reader: Reader) {
  const { creator, ...facts } = showTask(task, reader)
  return { ...facts, creator: creator.name }
}

/** OCP's BasicTaskInstance: a line of the task list. */
export const showBasicTask = (task: TaskSummary, reader: Reader) => ({
  cluster: clusterOf(task),
  creator: creatorOf(task),
  finishTime: time(task.finishTime),
  hostId: given(task.hostId),
  id: task.id,
  name: nameIn(reader.language, task.name),
  obproxyClusterId: given(task.obproxyClusterId),
  operation: task.operation,
  startTime: isoTime(task.startTime),
  status: task.status,
  subtasks: task.subtasks.map(({ id, name, operation, status }) => ({
    ...named(reader, name),
    id,
    operation,
    status,
  })),
})
