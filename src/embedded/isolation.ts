import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { childEnv } from '../childEnv.ts'

/** A child's environment in which the system's own tools are found, by whomever it is started. */
export function systemEnv(): Record<string, string> {
  const env = childEnv()
  return { ...env, PATH: `${env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` }
}

/** A network namespace: of root, and of anybody who may have a user namespace of his own. */
const ways = [
  ['unshare', '--net', '--'],
  ['unshare', '--user', '--map-root-user', '--net', '--'],
] as const

const trialMs = 5000

async function works([program, ...words]: readonly [string, ...string[]]): Promise<boolean> {
  const trial = promisify(execFile)(program, [...words, 'ip', 'link', 'set', 'lo', 'up'], {
    env: systemEnv(),
    timeout: trialMs,
  })
  return trial.then(
    () => true,
    () => false,
  )
}

/**
 * The words that give a command a network of its own, which no other user reaches; undefined when
 * the OS allows none.
 */
export async function ownNetwork(): Promise<readonly string[] | undefined> {
  for (const way of ways) if (await works(way)) return way
  return undefined
}
