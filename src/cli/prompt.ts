import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Secret } from '../quote.ts'
import type { Io } from './command.ts'
import { UsageError } from './usageError.ts'

/** Ctrl-C at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

type Terminal = Pick<Io, 'stdin' | 'stderr'>

export const canAsk = ({ stdin }: Terminal): boolean => stdin.isTTY === true

async function ask({ stdin, stderr }: Terminal, question: string, hidden: boolean) {
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (!hidden) stderr.write(chunk.toString())
      done()
    },
  })
  const lines = createInterface({ input: stdin, output, terminal: true })
  const stop = new AbortController()
  lines.once('SIGINT', () => stop.abort())
  lines.once('close', () => stop.abort())
  // Not given to readline: what it hides would hide the question, too.
  if (hidden) stderr.write(question)
  try {
    return await lines.question(hidden ? '' : question, { signal: stop.signal })
  } catch {
    stderr.write('\n')
    throw new Interrupted()
  } finally {
    if (hidden && !stop.signal.aborted) stderr.write('\n')
    lines.removeAllListeners('close')
    lines.close()
  }
}

/** Asks for something that may be seen. */
export const askText = (io: Terminal, question: string): Promise<string> => ask(io, question, false)

/** Asks for a password, which is not shown. Throws UsageError where nobody can be asked. */
export async function askSecret(io: Terminal, what: string, otherwise: string): Promise<Secret> {
  if (!canAsk(io))
    throw new UsageError(`${what} cannot be asked for without a terminal: ${otherwise}.`)
  const given = await ask(io, `${what}: `, true)
  if (given === '') throw new UsageError(`${what} must not be empty.`)
  return new Secret(given)
}

/** Whether to go on: "y" or "yes". Throws UsageError where nobody can be asked. */
export async function confirmed(io: Terminal, question: string): Promise<boolean> {
  if (!canAsk(io)) throw new UsageError('Nobody can be asked here: add --yes to go on.')
  return /^y(es)?$/i.test((await askText(io, `${question} [y/N] `)).trim())
}

/** Whether a name was typed, for what cannot be taken back. */
export async function named(io: Terminal, question: string, name: string): Promise<boolean> {
  if (!canAsk(io)) throw new UsageError('Nobody can be asked here: add --yes to go on.')
  return (await askText(io, `${question} `)).trim() === name
}
