import { hostname } from 'node:os'
import { eq } from 'drizzle-orm'
import { expand, type Targets } from '../plan/expand.ts'
import type { Plan } from '../plan/plan.ts'
import { workflowId } from '../plan/run.ts'
import { initialState } from '../plan/states.ts'
import { createTask } from '../plan/task.ts'
import type { Db } from './db.ts'
import { type TaskNumbers, take } from './numbers.ts'
import { insertAll, type NewRows, newRows } from './rows.ts'
import * as schema from './schema/index.ts'
import type { TaskContext } from './schema/tasks.ts'

/** Who asks for something. */
export interface Creator {
  readonly id: number
  readonly name: string
}

export interface NewTask {
  /** The workflow that carries it out, e.g. `createCluster`. */
  readonly workflow: string
  readonly plan: Plan
  readonly targets: Targets
  readonly context: TaskContext
  readonly creator: Creator
  readonly traceId?: string | undefined
  /** `traceparent` of the call. */
  readonly trace?: string | undefined
  readonly cluster?: {
    readonly id: number
    readonly name: string
    readonly obClusterId: number
    readonly type: string
  }
  readonly hostId?: number
  readonly obproxyClusterId?: number
}

/** What is written with a task and may name it: its numbers were taken before. */
export interface MadeWithTask {
  readonly numbers: TaskNumbers
  readonly rows: readonly NewRows[]
}

export type Task = typeof schema.tasks.$inferSelect
export type Subtask = typeof schema.subtasks.$inferSelect
export interface TaskWithSubtasks extends Task {
  readonly subtasks: Subtask[]
}

/**
 * What a task is about, for its workflow's id: a cluster's name, a proxy cluster's or an address.
 */
async function subjectOf(tx: Db, { cluster, obproxyClusterId, targets }: NewTask): Promise<string> {
  if (cluster !== undefined) return cluster.name
  if (obproxyClusterId === undefined) return targets.hosts[0]?.ip ?? ''
  const { obproxyClusters: table } = schema
  const found = await tx
    .select({ name: table.name })
    .from(table)
    .where(eq(table.id, obproxyClusterId))
  return found[0]?.name ?? ''
}

/**
 * Writes a task and its subtasks; ids of the subtasks are consecutive, in the plan's order. Roots
 * are READY, the rest PENDING. The plan is kept with the task: a run goes by the plan it was
 * accepted with, whatever a later release makes of it. Throws RangeError when the plan needs a host
 * or a zone and there is none.
 */
export async function insertTask(
  tx: Db,
  task: NewTask,
  made?: MadeWithTask,
): Promise<TaskWithSubtasks> {
  const { cluster, plan, ...facts } = task
  const planned = expand(plan, facts.targets)
  const subject = await subjectOf(tx, task)
  const { id, firstSubtaskId } = made?.numbers ?? (await take.task(tx, planned.length))
  const begun = createTask(planned, plan)
  begun.begin()
  const idOf = (index: number) => firstSubtaskId + index
  const now = new Date()
  const row: Task = {
    id,
    workflow: facts.workflow,
    workflowId: workflowId(facts.workflow, subject, id),
    name: plan.name,
    plan,
    type: 'MANUAL',
    clusterId: cluster?.id ?? null,
    clusterName: cluster?.name ?? null,
    obClusterId: cluster?.obClusterId ?? null,
    clusterType: cluster?.type ?? null,
    hostId: facts.hostId ?? null,
    obproxyClusterId: facts.obproxyClusterId ?? null,
    creatorId: facts.creator.id,
    creator: facts.creator.name,
    status: 'RUNNING',
    operation: 'EXECUTE',
    prohibitRollback: plan.prohibitRollback,
    context: facts.context,
    targets: facts.targets,
    firstSubtaskId,
    subtaskCount: planned.length,
    traceId: facts.traceId ?? null,
    trace: facts.trace ?? null,
    // OCP's is the node that took the request; its subtasks name the workers.
    executor: hostname(),
    revision: 1,
    acceptedRevision: 1,
    toldRevision: 0,
    createTime: now,
    startTime: now,
    finishTime: null,
  }
  const subtasks = planned.map(
    (subtask): Subtask => ({
      id: idOf(subtask.index),
      taskId: id,
      index: subtask.index,
      name: subtask.name,
      activity: subtask.activity,
      undo: subtask.undo ?? null,
      ...(begun.subtasks[subtask.index] ?? initialState),
      cause: null,
      parallelIdx: subtask.parallelIdx,
      hostId: subtask.host?.id ?? task.hostId ?? null,
      ip:
        subtask.host?.ip ??
        (task.hostId === undefined ? undefined : task.targets.hosts[0]?.ip) ??
        null,
      zone: subtask.zone ?? null,
      upstreams: subtask.upstreams.map(idOf),
      downstreams: subtask.downstreams.map(idOf),
      timeout: subtask.timeoutSeconds,
      prohibitRollback: plan.prohibitRollback,
      prohibitSkip: subtask.prohibitSkip,
      executor: null,
      attempt: 0,
      lastMessage: null,
      revision: 1,
      createTime: now,
      startTime: null,
      finishTime: null,
    }),
  )
  await insertAll(tx, [
    ...(made?.rows ?? []),
    newRows(schema.tasks, [row]),
    newRows(schema.subtasks, subtasks),
  ])
  return { ...row, subtasks }
}
