import { readFileSync } from 'node:fs'
import { Quoted } from '../../quote.ts'

/**
 * Shell functions about a daemon known by its home: state, stop, launch. They expect `name`, `home`
 * and a function `ready`.
 */
export const daemonFunctions = new Quoted(
  readFileSync(new URL('daemon.sh', import.meta.url), 'utf8'),
  '',
)

/** What a script about a daemon prints last: its name and its pid, or `none`. */
export const readState =
  (name: string) =>
  (stdout: string): { readonly pid: number } | undefined => {
    const [, said, pid] = /^(\w+) (\d+)$/.exec(stdout.trim().split('\n').at(-1) ?? '') ?? []
    return said === name ? { pid: Number(pid) } : undefined
  }
