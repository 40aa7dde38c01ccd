import { type AttemptEnd, type RemoteCall, signals } from '../../src/signals.ts'

// Where the time of one create goes, from what obflow signals in this process.

type Subtask = NonNullable<AttemptEnd['moments']> & Pick<AttemptEnd, 'node'>
type Call = RemoteCall & { readonly kind: 'ssh' | 'sql' }

/** What was signalled. */
export interface Heard {
  readonly subtasks: readonly Subtask[]
  readonly calls: readonly Call[]
}

/** Listens until it is stopped. */
export function listen(): { stop(): Heard } {
  const subtasks: Subtask[] = []
  const calls: Call[] = []
  const ends = [
    signals.attempt.listen(({ node, moments }) => {
      if (moments) subtasks.push({ node, ...moments })
    }),
    signals.ssh.listen((call) => void calls.push({ kind: 'ssh', ...call })),
    signals.sql.listen((call) => void calls.push({ kind: 'sql', ...call })),
  ]
  return {
    stop() {
      for (const end of ends) end()
      return { subtasks, calls }
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
  /** Its longest commands. */
  readonly longest: readonly string[]
}

export interface Profile {
  readonly totalMs: number
  /** While at least one host or server was at work. */
  readonly remoteMs: number
  readonly stages: readonly Stage[]
}

/** The stages of a run in order, each told by its subtask that ended last. */
export function profileOf({ subtasks, calls }: Heard, begunAt: number, endedAt: number): Profile {
  const nodes = [...new Set(subtasks.map(({ node }) => node))]
  let before = begunAt
  const stages = nodes
    .map((node) => subtasks.filter((subtask) => subtask.node === node))
    .toSorted(
      (one, other) =>
        Math.min(...one.map(({ taken }) => taken)) - Math.min(...other.map(({ taken }) => taken)),
    )
    .map((mine): Stage => {
      const [first] = mine
      const last = mine.reduce((one, other) => (other.ended > one.ended ? other : one))
      const begun = Math.min(...mine.map((subtask) => subtask.begun))
      const during = calls.filter(
        ({ askedAt, endedAt }) => askedAt >= begun - 1 && endedAt <= last.worked + 1,
      )
      const remote = covered(during.map((call) => [call.begunAt, call.endedAt]))
      const reach = covered(during.map((call) => [call.askedAt, call.endedAt])) - remote
      const stage = {
        name: first?.node ?? '',
        hop: Math.max(0, begun - before),
        work: last.worked - begun,
        remote,
        reach,
        end: last.ended - last.worked,
        commands: during.filter(({ kind }) => kind === 'ssh').length,
        statements: during.filter(({ kind }) => kind === 'sql').length,
        longest: during
          .toSorted((one, other) => other.endedAt - other.askedAt - (one.endedAt - one.askedAt))
          .slice(0, 3)
          .map(
            ({ title, askedAt, begunAt: from, endedAt: to }) =>
              `${title.slice(0, 60)} ${Math.round(to - askedAt)} (${Math.round(from - askedAt)} to begin)`,
          ),
      }
      before = last.ended
      return stage
    })
  const within = calls.filter((call) => call.askedAt >= begunAt && call.endedAt <= endedAt)
  return {
    totalMs: endedAt - begunAt,
    remoteMs: covered(within.map((call) => [call.begunAt, call.endedAt])),
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
