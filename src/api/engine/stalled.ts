import { maxActive } from '../../plan/run.ts'

/** What Temporal says of a task's run. */
export interface RunLook {
  readonly runId: string
  /** Events so far: a run that goes on has more at the next look. */
  readonly events: number
  /**
   * Whether it is a workflow, or in a queue, that no worker of obflow would take for the task's.
   */
  readonly foreign: boolean
  /** Whether somebody paused the run itself. */
  readonly paused: boolean
  /** How often its next step was tried; undefined when nothing waits for a step. */
  readonly stepAttempt: number | undefined
  /** Types of the activities that a worker of obflow does or will do. */
  readonly pending: readonly string[]
}

/** A step fails now and then, as when its worker dies; so often it is the history that is wrong. */
const maxStepAttempts = 5

const countOf = (types: readonly string[], type: string): number =>
  types.filter((each) => each === type).length

/**
 * Why a run does not do what is due in the store, undefined when it does. Whoever reaches Temporal
 * can pause a run, answer for its worker, or write into its history what no run of obflow would.
 */
export function stalled(look: RunLook, due: readonly string[]): string | undefined {
  if (look.foreign) return 'it is a workflow of somebody else'
  if (look.paused) return 'it is paused'
  if (look.stepAttempt !== undefined)
    return look.stepAttempt < maxStepAttempts
      ? undefined
      : `its step failed ${look.stepAttempt} times`
  // The others wait until there is room for them.
  if (look.pending.length >= maxActive) return undefined
  const missing = due.find((type) => countOf(look.pending, type) < countOf(due, type))
  return missing === undefined ? undefined : `${missing} is due, and nothing of it is under way`
}
