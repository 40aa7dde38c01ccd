import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sh } from '../quote.ts'

/**
 * The program that starts and ends runs on a host; it travels on standard input, before the script.
 */
const program = readFileSync(new URL('remote.sh', import.meta.url), 'utf8')

/** The mark's directory name: what a session key is, made safe for a path. */
export const markOf = (key: string): string =>
  /^[\w-][\w.-]{0,99}$/.test(key)
    ? key
    : `${key.replace(/[^\w-]/g, '_').slice(0, 60)}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`

interface Start {
  readonly action: 'run'
  readonly mark: string
  readonly user: string
  readonly script: string
  /** Whether the script reads what follows it on standard input. */
  readonly stdin: 'open' | 'closed'
}

interface End {
  readonly action: 'end'
  readonly mark: string
}

/** What is sent: a command without anything secret, and the head of standard input. */
export interface Request {
  readonly command: string
  readonly input: string
  /** First line of the answer that is the run's own. */
  readonly greeting: string
}

/** Readies a run, or the end of all runs under a mark. `sudo` when the login is not root. */
export const request = (what: Start | End, { sudo }: { readonly sudo: boolean }): Request => {
  const run = randomBytes(8).toString('hex')
  // The last line shows the host that the script arrived whole: half a script must never run.
  const script = what.action === 'run' ? `${what.script}\n# whole` : ''
  const words = what.action === 'run' ? [what.user, Buffer.byteLength(script), what.stdin] : []
  // bash takes itself for a login over the network in every child too; start-up files cost 100 ms
  // each and may change PATH.
  const bash = sh`bash --norc -c ${`eval "$(head -c ${Buffer.byteLength(program)})"`} obflow ${what.action} ${what.mark} ${run} ${words}`
  return {
    command: sudo ? `sudo -n ${bash.text}` : bash.text,
    input: program + script,
    greeting: `obflow ${run}\n`,
  }
}
