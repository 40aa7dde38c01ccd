import type { NodeName } from './coverage.ts'
import type { Shims } from './shims.ts'
import type { Extent, Instant, SqlGate } from './sqlGate.ts'
import { difference } from './traces.ts'

/** One try at a node. Those of the same number are retries of each other. */
export interface Attempt {
  readonly number: number
  readonly signal: AbortSignal
}

/** A node as it is killed again and again. */
export interface Sweep {
  readonly activity: NodeName
  /** What tells it from another sweep of the same node. */
  readonly of?: string
  readonly run: (attempt: Attempt) => Promise<unknown>
  /** Leads to where it began. */
  readonly back: (attempt: Attempt) => Promise<unknown>
  /** All that it may change, as text. */
  readonly look: () => Promise<string>
  /** Where its host commands are killed. */
  readonly commands?: { readonly shims: Shims; readonly atMost?: number }
  /** Where its statements are cut. */
  readonly statements?: { readonly gate: SqlGate; readonly extents?: readonly Extent[] }
}

export interface Row {
  readonly name: string
  readonly activity: NodeName
  readonly seconds: number
  readonly commands: number
  readonly statements: number
  readonly well: number
  readonly failures: readonly string[]
}

/** Something that kills an attempt at a point, counted from 1. */
interface Killer {
  readonly kind: 'commands' | 'statements'
  readonly what: string
  readonly atMost: number
  readonly arm: (point: number) => Promise<AbortSignal>
  /** What was killed, if the attempt came to that point. */
  readonly disarm: () => Promise<string | undefined>
}

const uncut = new AbortController().signal
const instants: readonly Instant[] = ['not sent', 'answer lost']

const killersOf = ({ commands, statements }: Sweep): Killer[] => [
  ...(commands
    ? [
        {
          kind: 'commands' as const,
          what: 'command',
          atMost: commands.atMost ?? Number.POSITIVE_INFINITY,
          arm: async (point: number) => {
            await commands.shims.arm(point)
            return uncut
          },
          disarm: async () => {
            const killed = await commands.shims.killed()
            await commands.shims.arm(0)
            return killed
          },
        },
      ]
    : []),
  ...(statements
    ? (statements.extents ?? (['worker killed', 'connection cut'] as const)).flatMap((extent) =>
        instants.map((instant) => ({
          kind: 'statements' as const,
          what: `statement (${instant}, ${extent})`,
          atMost: Number.POSITIVE_INFINITY,
          arm: async (point: number) => statements.gate.arm(point, instant, extent),
          disarm: async () => statements.gate.disarm(),
        })),
      )
    : []),
]

const textOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** An attempt that takes longer hangs. */
const maxMs = 240_000
/** So many points end between two lines of a row. */
const pointsPerLine = 5

let attempts = 0

/** A run that nobody disturbs. */
export const whole = async (
  run: (attempt: Attempt) => Promise<unknown>,
  number = ++attempts,
): Promise<void> => {
  await run({ number, signal: AbortSignal.timeout(maxMs) })
}

export interface Options {
  readonly every: number
  readonly say: (line: string) => void
}

/**
 * Runs a node again and again, killed one point later each time, until it gets through. A retry
 * has to end well and leave what an undisturbed run leaves; the way back leads to where it began.
 */
export async function sweep(node: Sweep, { every, say }: Options): Promise<Row> {
  const { activity, of, run, back, look } = node
  const name = of ? `${activity}, ${of}` : activity
  const startedAt = performance.now()
  const points = { commands: 0, statements: 0 }
  const failures: string[] = []
  let well = 0
  let seen = 0
  const fail = (why: string): void => {
    failures.push(why)
    say(`     ${name}: ${why}`)
  }
  /** A row may take half an hour: without these lines it looks like one that hangs. */
  const passed = (point: string): void => {
    const tried = points.commands + points.statements
    if (++seen % pointsPerLine === 0) say(`     ${name}: ${well} of ${tried} so far, at ${point}`)
  }
  say(`     ${name} begins`)
  const before = await look()
  const first = ++attempts
  await whole(run, first)
  const after = await look()
  const backed = async (): Promise<void> => {
    await whole(back)
    const again = await look()
    if (again !== before)
      throw new Error(`taken back it leaves something else: ${difference(before, again)}`)
  }
  const proven = async (): Promise<void> => {
    const left = await look()
    if (left !== after) throw new Error(`it leaves something else: ${difference(after, left)}`)
  }
  const ended = (): Row => {
    const { commands, statements } = points
    const seconds = (performance.now() - startedAt) / 1000
    const all = commands + statements
    const each = all === 0 ? '' : `, ${(seconds / all).toFixed(1)} s each`
    say(
      `${failures.length === 0 ? 'ok  ' : 'BAD '} ${name}: ${well} of ${all} end well (${seconds.toFixed(0)} s${each})`,
    )
    return { name, activity, seconds, commands, statements, well, failures }
  }

  const killers = killersOf(node)
  // After the last command: all is done and nobody was told.
  points[killers[0]?.kind ?? 'commands'] += 1
  try {
    await whole(run, first)
    await proven()
    await backed()
    well += 1
  } catch (error) {
    fail(`done already: ${textOf(error)}`)
    await whole(back)
  }
  for (const { kind, what, atMost, arm, disarm } of killers) {
    for (let point = 1; point <= atMost; point += every) {
      const number = ++attempts
      const death = await arm(point)
      const cut = await run({
        number,
        signal: AbortSignal.any([death, AbortSignal.timeout(maxMs)]),
      }).then(() => 'it got through', textOf)
      const killed = await disarm()
      if (killed === undefined) {
        if (cut !== 'it got through') fail(`${what} ${point} was not reached: ${cut}`)
        await whole(run, number)
        await backed().catch((error: unknown) => fail(textOf(error)))
        break
      }
      points[kind] += 1
      try {
        await whole(run, number)
        await proven()
        if (cut.startsWith('DefiniteError') || cut.startsWith('SqlError'))
          throw new Error(`the kill was reported as definite: ${cut}`)
        await backed()
        well += 1
      } catch (error) {
        fail(
          `${what} ${point}, ${killed.replaceAll(/\s+/g, ' ').slice(0, 120)} (${cut.slice(0, 200)}): ${textOf(error)}`,
        )
        try {
          await whole(back)
          if ((await look()) !== before) await whole(run).then(() => whole(back))
          const again = await look()
          if (again !== before) throw new Error(difference(before, again))
        } catch (error) {
          fail(`no way back after that, the row ends here: ${textOf(error)}`)
          return ended()
        }
      }
      passed(`${what} ${point}`)
    }
  }
  return ended()
}
