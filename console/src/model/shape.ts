import type { Subtask, Task } from '../api/types.ts'
import { type Column, columnsOf } from './columns.ts'
import { isAtWork } from './signs.ts'
import { type Stage, stagesOf } from './stages.ts'
import { type Lane, zonesOf } from './zones.ts'

/** A run as it is drawn: its stages, its hosts, and the columns of the matrix. */
export interface Shape {
  readonly stages: readonly Stage[]
  readonly lanes: readonly Lane[]
  readonly columns: readonly Column[]
}

/** Who stands where: it stays for a task's whole life. The numbers are places in its subtasks. */
interface Plan {
  readonly stages: readonly (readonly number[])[]
  readonly lanes: readonly {
    readonly ip: string
    readonly zone: string
    readonly cells: readonly (readonly [stage: number, place: number])[]
  }[]
}

const byAddress = new Intl.Collator('en', { numeric: true })

function planOf(task: Task, stages: readonly Stage[]): Plan {
  const places = new Map(task.subtasks.map(({ id }, place) => [id, place]))
  const placeOf = ({ id }: Subtask): number => places.get(id) ?? 0
  const zones = zonesOf(task)
  const hosts = new Map<string, { zone: string; cells: [number, number][] }>()
  for (const { index, subtasks } of stages)
    for (const subtask of subtasks) {
      const { hostIp, hostId } = subtask
      if (hostIp === undefined) continue
      const host = hosts.get(hostIp)
      if (host) host.cells.push([index, placeOf(subtask)])
      else {
        const zone = (hostId !== undefined && zones.get(hostId)) || ''
        hosts.set(hostIp, { zone, cells: [[index, placeOf(subtask)]] })
      }
    }
  return {
    stages: stages.map(({ subtasks }) => subtasks.map(placeOf)),
    lanes: [...hosts]
      .map(([ip, host]) => ({ ip, ...host }))
      .sort((a, b) => byAddress.compare(a.zone, b.zone) || byAddress.compare(a.ip, b.ip)),
  }
}

const rankOf = (cells: readonly Subtask[]): Lane['rank'] => {
  if (cells.some(({ status }) => status === 'FAILED')) return 0
  return cells.some(isAtWork) ? 1 : 2
}

/** The same subtasks at the same edges, whatever their states. */
const samePlan = (before: Task, { id, subtasks }: Task): boolean =>
  before.id === id &&
  before.subtasks.length === subtasks.length &&
  subtasks.every((subtask, place) => before.subtasks[place]?.upstreams === subtask.upstreams)

/**
 * Follows a task: who stands where is found out once, and stages and lanes of which nothing changed
 * stay the same objects, so that what is drawn of them stays, too.
 */
export function shapes(): (task: Task) => Shape {
  let last: { readonly task: Task; readonly plan: Plan; readonly shape: Shape } | undefined
  return (task) => {
    if (last?.task === task) return last.shape
    if (last && samePlan(last.task, task)) {
      const { plan, shape } = last
      last = { task, plan, shape: followed(plan, shape, last.task.subtasks, task.subtasks) }
      return last.shape
    }
    const stages = stagesOf(task.subtasks)
    const plan = planOf(task, stages)
    const lanes = plan.lanes.map((_, at) => laneOf(plan, at, task.subtasks))
    last = { task, plan, shape: { stages, lanes, columns: columnsOf(stages) } }
    return last.shape
  }
}

function laneOf(plan: Plan, at: number, subtasks: readonly Subtask[]): Lane {
  const { ip = '', zone = '', cells: places = [] } = plan.lanes[at] ?? {}
  const cells = new Map<number, Subtask>()
  for (const [stage, place] of places) {
    const cell = subtasks[place]
    if (cell) cells.set(stage, cell)
  }
  const all = [...cells.values()]
  return { ip, zone, cells, rank: rankOf(all), atWork: all.some(isAtWork) }
}

function followed(
  plan: Plan,
  { stages, lanes, columns }: Shape,
  before: readonly Subtask[],
  now: readonly Subtask[],
): Shape {
  const changed = (place: number): boolean => before[place] !== now[place]
  return {
    columns,
    stages: stages.map((stage, at) => {
      const places = plan.stages[at] ?? []
      if (!places.some(changed)) return stage
      const [first, ...others] = places.map((place) => now[place]).filter((each) => !!each)
      return first ? { ...stage, subtasks: [first, ...others] } : stage
    }),
    lanes: lanes.map((lane, at) =>
      plan.lanes[at]?.cells.some(([, place]) => changed(place)) ? laneOf(plan, at, now) : lane,
    ),
  }
}
