/**
 * Where a stage runs: once, or on every host. Inside `zoneByZone` that means once a zone, or on
 * every host of the zone.
 */
export type Scope = 'once' | 'perHost'

/**
 * How long a subtask may be worked on, e.g. `30s`, `5m`, `1h`. Time in which no worker is alive
 * does not count.
 */
export type Duration = `${number}${'s' | 'm' | 'h'}`

/**
 * One line of a plan: the OCP name of a node, the activity that does it, and how it may be treated.
 */
export interface Stage<
  Where extends Scope = Scope,
  Activity extends string = string,
  Name extends string = string,
> {
  readonly name: Name
  readonly activity: Activity
  readonly scope: Where
  readonly timeoutSeconds: number
  /**
   * The activity that takes back what this stage made; absent when there is nothing to take back.
   */
  readonly undo?: Activity
  readonly prohibitSkip: boolean
}

/** Stages that one zone has behind it before the next zone begins. */
export interface ZoneByZone<Each extends Stage = Stage> {
  readonly zoneByZone: readonly Each[]
}

/**
 * An operation as data: a name for people and its stages in order. Joins ("Wait node") are derived,
 * never written.
 */
export interface Plan {
  readonly name: string
  readonly stages: readonly (Stage | ZoneByZone)[]
  readonly prohibitRollback: boolean
}

interface StageOptions<Activity extends string> {
  readonly timeout: Duration
  readonly undo?: Activity
  readonly prohibitSkip?: boolean
}

const unitSeconds = { s: 1, m: 60, h: 3600 } as const

/** Seconds of a duration such as `5m`. */
export const seconds = (duration: Duration): number => {
  const unit = duration.at(-1)
  if (unit !== 's' && unit !== 'm' && unit !== 'h')
    throw new TypeError(`not a duration: ${duration}`)
  return Number(duration.slice(0, -1)) * unitSeconds[unit]
}

const stage =
  <Where extends Scope>(scope: Where) =>
  <const Name extends string, const Activity extends string, const Undo extends string = never>(
    name: Name,
    activity: Activity,
    { timeout, undo, prohibitSkip = false }: StageOptions<Undo>,
  ): Stage<Where, Activity | NoInfer<Undo>, Name> => ({
    name,
    activity,
    scope,
    timeoutSeconds: seconds(timeout),
    prohibitSkip,
    ...(undo === undefined ? {} : { undo }),
  })

/**
 * Seconds a node may be worked on. OCP prints 0 for one without a limit of its own, which still has
 * to end some day.
 */
export const limitOf = (timeoutSeconds: number): number =>
  timeoutSeconds === 0 ? unitSeconds.h : timeoutSeconds

/** A stage with a single subtask; inside `zoneByZone`, with one for each zone. */
export const once = stage('once')

/**
 * A stage with one subtask for each host, all at the same time; inside `zoneByZone`, for each host
 * of the zone.
 */
export const perHost = stage('perHost')

/** These stages for the first zone, then for the second, and so on. */
export const zoneByZone = <Stages extends readonly Stage[]>(
  ...stages: Stages
): ZoneByZone<Stages[number]> => ({
  zoneByZone: stages,
})

/** All stages of a plan, each once, in order. */
export const stagesIn = ({ stages }: Pick<Plan, 'stages'>): readonly Stage[] =>
  stages.flatMap((entry) => ('zoneByZone' in entry ? entry.zoneByZone : [entry]))
