import { readFileSync } from 'node:fs'
import { wordsOf } from './errors/startError.ts'

/** Settings that may come from a file, as Docker mounts a secret: NAME_FILE instead of NAME. */
export const fileSettings = [
  'DATABASE_URL',
  'OBFLOW_ADMIN_PASSWORD',
  'OBFLOW_METRICS_TOKEN',
] as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * An environment in which each of these files stands for what is in it, and what is wrong with
 * them.
 */
export function withSettingFiles(env: Environment): {
  readonly env: Environment
  readonly wrong: readonly string[]
} {
  const filled: Record<string, string | undefined> = { ...env }
  const wrong: string[] = []
  for (const name of fileSettings) {
    const path = env[`${name}_FILE`]
    delete filled[`${name}_FILE`]
    if (path === undefined) continue
    if (env[name] !== undefined) {
      wrong.push(`${name}_FILE: ${name} is set as well; set one of them`)
      continue
    }
    try {
      // Editors and `echo` end a file with a line break.
      filled[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
      if (filled[name] === '') wrong.push(`${name}_FILE: ${path} is empty`)
    } catch (error) {
      wrong.push(`${name}_FILE: ${path} cannot be read: ${wordsOf(error)}`)
    }
  }
  return { env: filled, wrong }
}
