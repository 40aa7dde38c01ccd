import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './faults.ts'
import type { Instant } from './hook.ts'
import { due, hasWorst } from './moments.ts'
import type { Stack } from './stack.ts'

/**
 * An operator who was told nothing looks at a node that hangs after this long. Before a statement
 * is given up, at 60 s: after a change of a password that was given up on a full disk, the lab's
 * kernel was still hanging 50 minutes later ("Refresh schema failed continuously" in its log).
 */
const noticedAfterMs = 30_000
/** What is to be hit may come only while the node works: an observer that it starts again. */
const lookEveryMs = 20

export interface Meetings {
  /** Told of every instant of every node; a fault has come when it resolves. */
  readonly atInstant: (instant: Instant) => Promise<void>
  /**
   * Of each subtask whether the fault hit something in it; those that are not here have not met it.
   */
  readonly met: ReadonlyMap<number, boolean>
  /** Faults that did not come where they had to, or not at all. */
  readonly missed: readonly string[]
  /** Waits for what passes by itself and mends the rest, as an operator would before a retry. */
  mend(): Promise<void>
}

export interface MeetingsOptions {
  readonly fault: Fault
  /** Whether a node of this name is to meet it. */
  readonly chosen: (name: string) => boolean
  readonly stack: () => Stack
  readonly log: (line: string) => void
}

/** Lets each node of a run meet the fault once, one node after the other. */
export function meetings({ fault, chosen, stack, log }: MeetingsOptions): Meetings {
  const begun = new Set<number>()
  const met = new Map<number, boolean>()
  const missed: string[] = []
  /** Nodes that are waiting for their fault. */
  const awaiting = new Map<number, { over: boolean }>()
  /** Nodes that work under a fault which only an operator mends. */
  const under = new Set<number>()
  let passed: Promise<void> = Promise.resolve()
  let made: Promise<void> = passed

  const heal = async (): Promise<void> => {
    under.clear()
    await fault.heal?.(stack())
  }

  const isThere = (): boolean => fault.hits?.(stack()) ?? true

  const strike = async ({ subtaskId, name }: Instant, when: string): Promise<void> => {
    const hits = isThere()
    // What was hit in an earlier node and is not back yet is gone for this one too.
    const gone = !hits && [...met.values()].includes(true)
    met.set(subtaskId, hits || gone)
    log(
      `${fault.name}: ${name}: ${hits ? when : gone ? 'since a node before' : 'nothing is there to hit'}`,
    )
    if (!hits) return
    // Nodes on two hosts work under the same fault: made anew, it would hit the first of them a
    // second time.
    const first = under.size === 0
    if (fault.heal && fault.passesAfterMs === undefined) under.add(subtaskId)
    if (first) made = fault.inflict(stack())
    await made
    if (fault.passesAfterMs !== undefined) passed = sleep(fault.passesAfterMs).then(heal)
    else if (fault.heal) {
      setTimeout(
        () => void (under.has(subtaskId) && heal().catch(() => undefined)),
        noticedAfterMs,
      ).unref()
    }
  }

  const noteMiss = ({ name }: Instant, error: unknown): void => {
    missed.push(
      `${name}: the fault could not be made: ${error instanceof Error ? error.message : String(error)}`,
    )
  }

  const comesFirst = ({ name }: Instant): boolean =>
    fault.atStartOf === name ||
    (fault.when === 'start' && (fault.passesAfterMs === undefined || !hasWorst(name)))

  const atStart = async (instant: Instant): Promise<void> => {
    const { subtaskId, name } = instant
    if (begun.has(subtaskId) || !chosen(name)) return
    begun.add(subtaskId)
    await passed
    if (comesFirst(instant)) return strike(instant, 'at its start')
    const node = { over: false }
    awaiting.set(subtaskId, node)
    void due(stack(), instant, () => node.over)
      .then(async () => {
        while (!node.over && !isThere()) await sleep(lookEveryMs)
        if (node.over) return
        node.over = true
        await strike(instant, 'amid')
      })
      .catch((error: unknown) => noteMiss(instant, error))
  }

  const atEnd = async (instant: Instant): Promise<void> => {
    const { subtaskId, name } = instant
    const node = awaiting.get(subtaskId)
    if (node && !node.over) {
      node.over = true
      if (hasWorst(name) && isThere())
        missed.push(`${name}: its work was done before the fault came`)
      await strike(instant, 'its work done')
    }
    if (under.delete(subtaskId) && under.size === 0) await heal()
  }

  return {
    atInstant: (instant) =>
      (instant.at === 'start' ? atStart(instant) : atEnd(instant)).catch((error: unknown) =>
        noteMiss(instant, error),
      ),
    met,
    missed,
    async mend() {
      await passed
      await heal()
    },
  }
}
