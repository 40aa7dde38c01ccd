import type { Plan, Scope } from './plan.ts'

/** A host as a plan sees it: what a subtask is pointed at, and what people call it. */
export interface HostTarget {
  readonly id: number
  readonly ip: string
}

/** What a plan is expanded over. Order matters: it gives `parallelIdx`. */
export interface Targets {
  readonly hosts: readonly HostTarget[]
  readonly zones: readonly string[]
}

/** The activity of OCP's join node: it has nothing to do, so the state machine passes it. */
export const waitNode = 'waitNode'

/** A subtask of one task, not yet numbered: `index` is its place, edges are indexes. */
export interface PlannedSubtask<Activity extends string = string> {
  readonly index: number
  readonly name: string
  readonly activity: Activity | typeof waitNode
  readonly undo?: Activity
  readonly timeoutSeconds: number
  readonly prohibitSkip: boolean
  /** Place among the stage's parallel subtasks, -1 for a single one (OCP's convention). */
  readonly parallelIdx: number
  readonly host?: HostTarget
  readonly zone?: string
  readonly upstreams: readonly number[]
  readonly downstreams: readonly number[]
}

/** Published timeout of every "Wait node" in OCP's samples. */
const joinTimeoutSeconds = 30

const fansOut = (scope: Scope): boolean => scope !== 'once'

const joinStage = {
  name: 'Wait node',
  activity: waitNode,
  scope: 'once',
  timeoutSeconds: joinTimeoutSeconds,
  prohibitSkip: false,
} as const

const range = (start: number, count: number): number[] => Array.from({ length: count }, (_, offset) => start + offset)

/**
 * The subtasks and edges of a plan over its targets, in topological order. A join stands between two neighbouring stages that both fan
 * out and nowhere else: 19 of 19 joins in OCP's samples stand there, and no such pair lacks one. It keeps the edges at 2N instead of N×N.
 */
export function expand<Activity extends string>(plan: Plan<Activity>, targets: Targets): PlannedSubtask<Activity>[] {
  const stages = plan.stages.flatMap((stage, index) => {
    const before = plan.stages[index - 1]
    return before && fansOut(before.scope) && fansOut(stage.scope) ? [joinStage, stage] : [stage]
  })
  const widths = { once: 1, perHost: targets.hosts.length, perZone: targets.zones.length }
  let start = 0
  const spans = stages.map((stage) => {
    const width = widths[stage.scope]
    if (width === 0) throw new RangeError(`"${stage.name}" has nothing to run on`)
    const span = range(start, width)
    start += width
    return span
  })
  return stages.flatMap((stage, position) => {
    const upstreams = spans[position - 1] ?? []
    const downstreams = spans[position + 1] ?? []
    return (spans[position] ?? []).map((index, parallel) => {
      const host = stage.scope === 'perHost' ? targets.hosts[parallel] : undefined
      const zone = stage.scope === 'perZone' ? targets.zones[parallel] : undefined
      const { scope, ...facts } = stage
      return {
        index,
        ...facts,
        parallelIdx: fansOut(scope) ? parallel : -1,
        ...(host && { host }),
        ...(zone !== undefined && { zone }),
        upstreams,
        downstreams,
      }
    })
  })
}
