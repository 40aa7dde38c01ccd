import type { Plan, Scope, Stage } from './plan.ts'

/** A host as a plan sees it: what a subtask is pointed at, and what people call it. */
export interface HostTarget {
  readonly id: number
  readonly ip: string
  /** The zone of its server; plans that go zone by zone need it. */
  readonly zone?: string
}

/** What a plan is expanded over. Order matters: it gives `parallelIdx`. */
export interface Targets {
  readonly hosts: readonly HostTarget[]
  readonly zones: readonly string[]
}

/** The activity of OCP's join node: it has nothing to do, so the state machine passes it. */
export const waitNode = 'waitNode'

/** A subtask of one task, not yet numbered: `index` is its place, edges are indexes. */
export interface PlannedSubtask {
  readonly index: number
  readonly name: string
  readonly activity: string
  readonly undo?: string
  readonly timeoutSeconds: number
  readonly prohibitSkip: boolean
  /** Place among the stage's parallel subtasks, -1 for a single one (OCP's convention). */
  readonly parallelIdx: number
  readonly host?: HostTarget
  /** The zone whose turn it is, in stages that go zone by zone. */
  readonly zone?: string
  readonly upstreams: readonly number[]
  readonly downstreams: readonly number[]
}

/** Published timeout of every "Wait node" in OCP's samples. */
const joinTimeoutSeconds = 30

const fansOut = (scope: Scope): boolean => scope === 'perHost'

const joinStage: Stage = {
  name: 'Wait node',
  activity: waitNode,
  scope: 'once',
  timeoutSeconds: joinTimeoutSeconds,
  prohibitSkip: false,
}

/** A stage, and the part of the targets that it runs over. */
interface Laid {
  readonly stage: Stage
  readonly hosts: readonly HostTarget[]
  readonly zone?: string
}

/** The stages of a plan in a row: those that go zone by zone once for each zone. */
const laidOut = ({ stages }: Plan, { hosts, zones }: Targets): Laid[] =>
  stages.flatMap((entry): Laid[] => {
    if (!('zoneByZone' in entry)) return [{ stage: entry, hosts }]
    return zones.flatMap((zone) => {
      const within = hosts.filter((host) => host.zone === zone)
      return entry.zoneByZone.map((stage) => ({ stage, hosts: within, zone }))
    })
  })

const range = (start: number, count: number): number[] =>
  Array.from({ length: count }, (_, offset) => start + offset)

/**
 * The subtasks and edges of a plan over its targets, in topological order. A join stands between
 * two neighbouring stages that both fan out and nowhere else: 19 of 19 joins in OCP's samples stand
 * there, and no such pair lacks one. It keeps the edges at 2N instead of N×N.
 */
export function expand(plan: Plan, targets: Targets): PlannedSubtask[] {
  const laid = laidOut(plan, targets).flatMap((next, index, all): Laid[] => {
    const before = all[index - 1]
    const joined = before && fansOut(before.stage.scope) && fansOut(next.stage.scope)
    return joined ? [{ ...next, stage: joinStage }, next] : [next]
  })
  let start = 0
  const spans = laid.map(({ stage, hosts }) => {
    const width = fansOut(stage.scope) ? hosts.length : 1
    if (width === 0) throw new RangeError(`"${stage.name}" has nothing to run on`)
    const span = range(start, width)
    start += width
    return span
  })
  return laid.flatMap(({ stage, hosts, zone }, position) => {
    const { scope, ...facts } = stage
    const upstreams = spans[position - 1] ?? []
    const downstreams = spans[position + 1] ?? []
    return (spans[position] ?? []).map((index, parallel) => {
      const host = fansOut(scope) ? hosts[parallel] : undefined
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
