import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { Secret } from '../../quote.ts'
import type { Io } from '../command.ts'
import { askSecret } from '../prompt.ts'
import { secretIn } from '../secretFlags.ts'
import { UsageError } from '../usageError.ts'

export interface Secrets {
  /** The secret that a reference means; `what` is for people, e.g. `Password of root@sys`. */
  read(reference: string, what: string, kind?: 'key' | 'password'): Promise<Secret>
}

const home = (path: string): string =>
  path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path

/** Reads references of a topology file. Each is read, or asked for, once. */
export function secretsOf(io: Pick<Io, 'env' | 'stdin' | 'stderr'>, folder: string): Secrets {
  const known = new Map<string, Promise<Secret>>()
  const look = async (
    reference: string,
    what: string,
    kind: 'key' | 'password',
  ): Promise<Secret> => {
    const [scheme = '', ...rest] = reference.split(':')
    const at = rest.join(':')
    if (scheme === 'prompt') return askSecret(io, what, 'write env:NAME or file:PATH')
    if (scheme === 'file')
      return secretIn(folder, resolve(folder, home(at)), { whole: kind === 'key' })
    const value = io.env[at]
    if (!value) throw new UsageError(`${what} is in ${at}, and ${at} is not set: export ${at}=…`)
    return new Secret(value)
  }
  return {
    read(reference, what, kind = 'password') {
      const id = reference === 'prompt' ? `${reference} ${what}` : reference
      const before = known.get(id)
      if (before) return before
      const reading = look(reference, what, kind)
      known.set(id, reading)
      return reading
    },
  }
}
