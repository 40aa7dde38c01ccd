import { type Subtask, type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'

export const began = Date.parse('2026-01-01T00:00:00Z')
export const after = (seconds: number): Date => new Date(began + seconds * 1000)

type Override = (subtask: Pick<Subtask, 'name' | 'parallelIdx'>) => Partial<Subtask> | undefined

/**
 * A create of N hosts as the API answers it; every subtask PENDING but for what `override` says.
 */
export function createTask(
  hosts: number,
  override: Override = () => undefined,
  task: Partial<Task> = {},
): Task {
  const targets = Array.from({ length: hosts }, (_, index) => ({
    id: index + 1,
    ip: `10.0.0.${index + 1}`,
  }))
  const idOf = (index: number): number => 5000 + index
  return taskSchema.parse({
    id: 1000,
    name: 'Create primary OB cluster',
    status: 'RUNNING',
    operation: 'EXECUTE',
    startTime: after(0).toISOString(),
    finishTime: null,
    cluster: { id: 1, name: 'terran' },
    subtasks: expand(createClusterPlan, { hosts: targets, zones: ['zone1'] }).map((subtask) => ({
      id: idOf(subtask.index),
      name: subtask.name,
      status: 'PENDING',
      operation: 'EXECUTE',
      parallelIdx: subtask.parallelIdx,
      prohibitSkip: subtask.prohibitSkip,
      upstreams: subtask.upstreams.map(idOf),
      downstreams: subtask.downstreams.map(idOf),
      ...(subtask.host && { hostIp: subtask.host.ip }),
      ...override(subtask),
    })),
    ...task,
  })
}

/** A subtask that ran from one second of the task to another. */
export const done = (from: number, to: number): Partial<Subtask> => ({
  status: 'SUCCESSFUL',
  runTime: 1,
  startTime: after(from).toISOString(),
  finishTime: after(to).toISOString(),
})

export const running = (from: number): Partial<Subtask> => ({
  status: 'RUNNING',
  runTime: 1,
  startTime: after(from).toISOString(),
})

export const failed = (from: number, to: number, error: Subtask['error']): Partial<Subtask> => ({
  ...done(from, to),
  status: 'FAILED',
  error,
})
