import type { Subtask, Task } from '../api/types.ts'

/**
 * The zone of each host. A plan that goes zone by zone names it at its subtasks; a create has it in
 * its context, as OCP prints it: `zone1.host_ids=[1, 2]`.
 */
export function zonesOf({ context, subtasks }: Task): ReadonlyMap<number, string> {
  const zones = new Map<number, string>()
  for (const [, zone, ids] of context.matchAll(/(\w+)\.host_ids=\[([\d, ]*)\]/g))
    for (const id of (ids ?? '').split(',')) if (zone && id.trim()) zones.set(Number(id), zone)
  for (const { hostId, zone } of subtasks)
    if (hostId !== undefined && zone !== undefined) zones.set(hostId, zone)
  return zones
}

/** A value of a task's context: `cluster_version=4.2.1`. */
export const contextValue = (context: string, key: string): string | undefined =>
  new RegExp(`[{ ]${key}=([^,}]*)`).exec(context)?.[1]

export interface Lane {
  readonly ip: string
  readonly zone: string
  /** By the index of its stage. */
  readonly cells: ReadonlyMap<number, Subtask>
  /** 0 when something failed on it, 1 when something runs, 2 else. */
  readonly rank: 0 | 1 | 2
  readonly atWork: boolean
}
