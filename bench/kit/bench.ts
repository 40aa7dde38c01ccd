import { inspect } from 'node:util'
import { z } from 'zod'
import { type Figure, figureSchema } from './figure.ts'

/** What a program of bench/ is given. */
export interface Bench {
  /** How many pairs are measured. */
  readonly pairs: number
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
  /** Closes in reverse order at the end, on Ctrl-C too. */
  defer(close: () => Promise<unknown> | unknown): void
  /** Prints a figure: a JSON line that `make bench` gathers. */
  show(figure: Figure): void
  /** Shows how far it is. */
  say(text: string): void
}

const pairsSetting = z.coerce.number().int().min(1).default(5)

/**
 * Runs a program of bench/: it cleans up after itself however it ends, on SIGINT and SIGTERM at
 * once and with 130, and after a failure that nobody waited for.
 */
export async function bench(main: (bench: Bench) => Promise<void>): Promise<void> {
  const closers = new AsyncDisposableStack()
  const stopping = new AbortController()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= closers.disposeAsync()
    return closing
  }
  const stop = (why: Error, code: number): void => {
    // What was at work loses its servers now; none of that may end the clean-up.
    if (stopping.signal.aborted) return
    stopping.abort(why)
    void close()
      .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
      .finally(() => process.exit(code))
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => stop(new Error(`stopped by ${name}`), 130))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      if (!stopping.signal.aborted) process.stderr.write(`${inspect(error)}\n`)
      stop(new Error('what was measured failed', { cause: error }), 1)
    })
  try {
    await main({
      pairs: pairsSetting.parse(process.env.PAIRS || undefined),
      signal: stopping.signal,
      defer: (work) => {
        closers.defer(async () => void (await work()))
      },
      show: (figure) =>
        void process.stdout.write(`${JSON.stringify(figureSchema.parse(figure))}\n`),
      say: (text) => void process.stderr.write(`${text}\n`),
    })
  } catch (error) {
    // What was being measured while it was taken away has an error of its own.
    if (!stopping.signal.aborted) {
      // Said before the clean-up, whose own errors may end the process.
      process.stderr.write(`${inspect(error)}\n`)
      process.exitCode = 1
      stopping.abort(error)
    }
  } finally {
    await close()
  }
}

/**
 * Measures in turn, `pairs` times, each time in another order: what one leaves behind in caches
 * helps each as often. The first round of each warms up and does not count unless there is one.
 */
export async function inTurn<Name extends string>(
  { pairs, say }: Pick<Bench, 'pairs' | 'say'>,
  works: Readonly<Record<Name, (round: number) => Promise<number>>>,
  { warmUp = true } = {},
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[]
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >
  const first = warmUp && pairs > 1 ? 0 : 1
  for (let round = first; round <= pairs; round += 1) {
    const turn = round % names.length
    const order = [...names.slice(turn), ...names.slice(0, turn)]
    for (const name of order) {
      const value = await works[name](round)
      say(`round ${round}, ${name}: ${value.toPrecision(4)}${round === 0 ? ' (warm-up)' : ''}`)
      if (round > 0) found[name].push(value)
    }
  }
  return found
}

export const paired = (
  ours: readonly number[],
  reference: readonly number[],
): (readonly [number, number])[] =>
  ours.flatMap((value, index) => {
    const other = reference[index]
    return other === undefined ? [] : [[value, other] as const]
  })
