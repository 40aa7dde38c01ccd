import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { UsageError } from './usageError.ts'

const profile = z.strictObject({ url: z.url(), user: z.string(), password: z.string() })
const file = z.strictObject({
  /** The one that is used when none is named. */
  current: z.string(),
  profiles: z.record(z.string(), profile),
})

export type Profile = z.infer<typeof profile>
type Profiles = z.infer<typeof file>

/** Source of the place: XDG Base Directory Specification 0.8, XDG_CONFIG_HOME. */
export const profilesFile = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'obflow', 'profiles.json')

/** The logins that were made; none when there was none yet. */
export function readProfiles(env: NodeJS.ProcessEnv): Profiles {
  const path = profilesFile(env)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { current: 'default', profiles: {} }
    throw new UsageError(
      `${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
    )
  }
  const parsed = file.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new UsageError(`${path} is no file of "obflow login": remove it and log in again.`)
  return parsed.data
}

/** Whole or not at all, and for its owner only. */
export function writeProfiles(env: NodeJS.ProcessEnv, profiles: Profiles): void {
  const path = profilesFile(env)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600 })
  chmodSync(beside, 0o600)
  renameSync(beside, path)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
