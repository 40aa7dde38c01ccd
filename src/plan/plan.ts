/** Where a stage runs: once for the whole task, on every host, or for every zone. */
export type Scope = 'once' | 'perHost' | 'perZone'

/** How long a subtask may be worked on, e.g. `30s`, `5m`, `1h`. Time in which no worker is alive does not count. */
export type Duration = `${number}${'s' | 'm' | 'h'}`

/** One line of a plan: the OCP name of a node, the activity that does it, and how it may be treated. */
export interface Stage<Activity extends string = string> {
  readonly name: string
  readonly activity: Activity
  readonly scope: Scope
  readonly timeoutSeconds: number
  /** The activity that takes back what this stage made; absent when there is nothing to take back. */
  readonly undo?: Activity
  readonly prohibitSkip: boolean
}

/** An operation as data: a name for people and its stages in order. Joins ("Wait node") are derived, never written. */
export interface Plan<Activity extends string = string> {
  readonly name: string
  readonly stages: readonly Stage<Activity>[]
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
  if (unit !== 's' && unit !== 'm' && unit !== 'h') throw new TypeError(`not a duration: ${duration}`)
  return Number(duration.slice(0, -1)) * unitSeconds[unit]
}

const stage =
  (scope: Scope) =>
  <const Activity extends string, const Undo extends string = never>(
    name: string,
    activity: Activity,
    { timeout, undo, prohibitSkip = false }: StageOptions<Undo>,
  ): Stage<Activity | Undo> => ({
    name,
    activity,
    scope,
    timeoutSeconds: seconds(timeout),
    prohibitSkip,
    ...(undo === undefined ? {} : { undo }),
  })

/** Seconds a node may be worked on. OCP prints 0 for one without a limit of its own, which still has to end some day. */
export const limitOf = (timeoutSeconds: number): number => (timeoutSeconds === 0 ? unitSeconds.h : timeoutSeconds)

/** A stage with a single subtask. */
export const once = stage('once')

/** A stage with one subtask for each host of the task, all at the same time. */
export const perHost = stage('perHost')

/** A stage with one subtask for each zone of the task, all at the same time. */
export const perZone = stage('perZone')

/** A plan: the task's OCP name and its stages. */
export const plan = <const Activity extends string>(
  name: string,
  stages: readonly Stage<Activity>[],
  { prohibitRollback = false }: { readonly prohibitRollback?: boolean } = {},
): Plan<Activity> => ({ name, stages, prohibitRollback })
