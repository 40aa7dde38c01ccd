import { type Span, spans } from '../../src/trace.ts'

// Where the time of one create goes, from the spans that obflow publishes in this process.

type Subtask = Extract<Span, { kind: 'subtask' }>
type Call = Extract<Span, { kind: 'command' | 'sql' }>

const isSpan = (message: unknown): message is Span =>
  typeof message === 'object' && message !== null && 'kind' in message

/** Gathers spans until it is stopped. */
export function gatherSpans(): { stop(): readonly Span[] } {
  const found: Span[] = []
  const heard = (message: unknown): void => {
    if (isSpan(message)) found.push(message)
  }
  spans.subscribe(heard)
  return {
    stop() {
      spans.unsubscribe(heard)
      return found
    },
  }
}

/** Milliseconds that at least one of the intervals covers. */
function covered(intervals: readonly (readonly [number, number])[]): number {
  let [sum, upTo] = [0, Number.NEGATIVE_INFINITY]
  for (const [from, to] of intervals.toSorted(([one], [other]) => one - other)) {
    sum += Math.max(0, to - Math.max(from, upTo))
    upTo = Math.max(upTo, to)
  }
  return sum
}

export interface Stage {
  readonly name: string
  /** Since the stage before ended: Temporal's hop, a place in its queue, the store's leave. */
  readonly hop: number
  /** Its slowest subtask: from its begin to the end of its work. */
  readonly work: number
  /** Of the work, while at least one host or server was at work for it. */
  readonly remote: number
  /** Of the work, only SSH or a login under way: asked for, and not begun yet. */
  readonly reach: number
  /** Log lines and end written. */
  readonly end: number
  readonly commands: number
  readonly statements: number
  /** Its longest commands, for whoever cuts. */
  readonly longest: readonly string[]
}

export interface Profile {
  readonly totalMs: number
  /** While at least one host or server was at work. */
  readonly remoteMs: number
  readonly stages: readonly Stage[]
}

/** The stages of a run in order, each told by its subtask that ended last. */
export function profileOf(all: readonly Span[], begunAt: number, endedAt: number): Profile {
  const subtasks = all.filter((span): span is Subtask => span.kind === 'subtask')
  const calls = all.filter((span): span is Call => span.kind !== 'subtask')
  const names = [...new Set(subtasks.map(({ name }) => name))]
  let before = begunAt
  const stages = names
    .map((name) => subtasks.filter((subtask) => subtask.name === name))
    .toSorted(
      (one, other) =>
        Math.min(...one.map(({ taken }) => taken)) - Math.min(...other.map(({ taken }) => taken)),
    )
    .map((mine): Stage => {
      const [first] = mine
      const last = mine.reduce((one, other) => (other.ended > one.ended ? other : one))
      const begun = Math.min(...mine.map((subtask) => subtask.begun))
      const during = calls.filter(
        ({ asked, ended }) => asked >= begun - 1 && ended <= last.worked + 1,
      )
      const remote = covered(during.map((call) => [call.begun, call.ended]))
      const reach = covered(during.map((call) => [call.asked, call.ended])) - remote
      const stage = {
        name: first?.name ?? '',
        hop: Math.max(0, begun - before),
        work: last.worked - begun,
        remote,
        reach,
        end: last.ended - last.worked,
        commands: during.filter(({ kind }) => kind === 'command').length,
        statements: during.filter(({ kind }) => kind === 'sql').length,
        longest: during
          .toSorted((one, other) => other.ended - other.asked - (one.ended - one.asked))
          .slice(0, 3)
          .map(
            ({ name, asked, begun: from, ended }) =>
              `${name} ${Math.round(ended - asked)} (${Math.round(from - asked)} to begin)`,
          ),
      }
      before = last.ended
      return stage
    })
  const within = calls.filter(({ asked, ended }) => asked >= begunAt && ended <= endedAt)
  return {
    totalMs: endedAt - begunAt,
    remoteMs: covered(within.map((call) => [call.begun, call.ended])),
    stages,
  }
}

/** The profile as a table for a terminal. */
export function shownProfile({ totalMs, remoteMs, stages }: Profile): string {
  const head = ['stage', 'hop', 'work', 'remote', 'reach', 'end', 'cmds', 'sql', 'longest']
  const rows = stages.map((stage) => [
    stage.name,
    ...[stage.hop, stage.work, stage.remote, stage.reach, stage.end].map((ms) =>
      String(Math.round(ms)),
    ),
    String(stage.commands),
    String(stage.statements),
    stage.longest.join('; '),
  ])
  const lines = [head, ...rows].map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(28) : at < 8 ? cell.padStart(7) : ` ${cell}`))
      .join(''),
  )
  const sum = (of: (stage: Stage) => number): number =>
    Math.round(stages.reduce((total, stage) => total + of(stage), 0))
  return [
    ...lines,
    `total ${Math.round(totalMs)} ms, remote ${Math.round(remoteMs)} ms, hops ${sum(({ hop }) => hop)} ms, ends ${sum(({ end }) => end)} ms, reach ${sum(({ reach }) => reach)} ms`,
  ].join('\n')
}
