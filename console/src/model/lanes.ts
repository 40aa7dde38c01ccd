import type { Subtask, Task } from '../api/types.ts'
import { isAtWork } from './signs.ts'
import type { Stage } from './stages.ts'
import { type Lane, zonesOf } from './zones.ts'

const rankOf = (cells: Iterable<Subtask>): number => {
  let rank = 2
  for (const cell of cells) {
    if (cell.status === 'FAILED') return 0
    if (isAtWork(cell)) rank = 1
  }
  return rank
}

const byAddress = new Intl.Collator('en', { numeric: true })

/** A lane per host: what runs on it, by stage. In the order of their addresses. */
export function lanesOf(task: Task, stages: readonly Stage[]): Lane[] {
  const zones = zonesOf(task)
  const hosts = new Map<string, { id: number | undefined; cells: Map<number, Subtask> }>()
  for (const stage of stages)
    for (const subtask of stage.subtasks) {
      if (subtask.hostIp === undefined) continue
      const host = hosts.get(subtask.hostIp)
      if (host) host.cells.set(stage.index, subtask)
      else
        hosts.set(subtask.hostIp, {
          id: subtask.hostId,
          cells: new Map([[stage.index, subtask]]),
        })
    }
  return [...hosts]
    .map(([ip, { id, cells }]) => ({
      ip,
      zone: (id !== undefined && zones.get(id)) || '',
      cells,
      rank: rankOf(cells.values()),
    }))
    .sort((a, b) => byAddress.compare(a.zone, b.zone) || byAddress.compare(a.ip, b.ip))
}
