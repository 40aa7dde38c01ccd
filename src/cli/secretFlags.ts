import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Secret } from '../quote.ts'
import { type Io, option } from './command.ts'
import { askSecret } from './prompt.ts'
import { UsageError } from './usageError.ts'

/** A file's first line, or all of it for a key. Throws UsageError. */
export function secretIn(cwd: string, file: string, { whole = false } = {}): Secret {
  let text: string
  try {
    text = readFileSync(resolve(cwd, file), 'utf8')
  } catch {
    throw new UsageError(`${file} cannot be read.`)
  }
  const value = whole ? text : (text.split(/\r?\n/)[0] ?? '')
  if (value === '') throw new UsageError(`${file} is empty.`)
  return new Secret(value)
}

/** A password is never in the command line, where others of the machine would read it. */
export const passwordFile = option(
  '--password-file <path>',
  'file with the password in its first line',
)

/** A password out of a file, or asked for. */
export const passwordFrom = async (
  io: Pick<Io, 'stdin' | 'stderr' | 'cwd'>,
  file: string | undefined,
  what: string,
): Promise<Secret> =>
  file === undefined ? askSecret(io, what, 'add --password-file PATH') : secretIn(io.cwd, file)
