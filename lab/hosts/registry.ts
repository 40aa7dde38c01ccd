import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { places } from './machine.ts'
import { isAlive, killAll } from './processes.ts'
import { removeThrottles } from './throttle.ts'

const processSchema = z.object({ pid: z.number(), start: z.string() })

const entrySchema = z.object({
  name: z.string(),
  /** First three numbers of its addresses, as `10.69.7`. */
  prefix: z.string(),
  owner: processSchema,
  /** True when `lab up` started it, so that `lab down` without a name may end it. */
  standalone: z.boolean(),
  dir: z.string(),
  keep: z.boolean(),
  /** Process 1 of each host and the holder of the switch. */
  processes: z.array(processSchema),
})

/** A lab that is up, or whose owner was killed before it could tidy up. */
export type Entry = z.infer<typeof entrySchema>

const fileOf = (name: string): string => join(places.state, `${name}.json`)

export const uplinkOf = (prefix: string): string => `obl${prefix.split('.').slice(1).join('-')}`

/** Whoever changes the set of labs holds this. */
export function lockFile(): string {
  mkdirSync(places.state, { recursive: true })
  return join(places.state, 'lock')
}

/** All labs known to this machine, whoever owns them. */
export function entries(): Entry[] {
  mkdirSync(places.state, { recursive: true })
  return readdirSync(places.state)
    .filter((file) => file.endsWith('.json'))
    .map((file) => entrySchema.parse(JSON.parse(readFileSync(join(places.state, file), 'utf8'))))
}

export function record(entry: Entry): void {
  writeFileSync(fileOf(entry.name), JSON.stringify(entry))
}

/**
 * What the hosts logged, sshd's, observers' and their kernels' logs alike, is copied to the folder
 * that OBFLOW_LAB_LOGS names.
 */
function keepLogs({ name, dir }: Entry): void {
  const folder = process.env.OBFLOW_LAB_LOGS
  if (folder === undefined || !existsSync(dir)) return
  const target = join(resolve(folder), name)
  mkdirSync(target, { recursive: true })
  spawnSync(
    'bash',
    ['-c', 'find . -path "*/log/*" -type f -name "*.log*" -exec cp --parents -t "$0" {} +', target],
    {
      cwd: dir,
      stdio: 'ignore',
    },
  )
}

/**
 * Ends all that a lab is made of and, unless it is kept, its files. Blocking, so that an exit
 * handler can do it. Safe to repeat.
 */
export function dismantle(entry: Entry): void {
  killAll(entry.processes)
  // Namespaces go with their last process, some time later; the link's removal is what others would
  // notice.
  spawnSync('ip', ['link', 'delete', uplinkOf(entry.prefix)], { stdio: 'ignore' })
  removeThrottles(entry.name)
  keepLogs(entry)
  if (!entry.keep) rmSync(entry.dir, { recursive: true, force: true, maxRetries: 5 })
  rmSync(fileOf(entry.name), { force: true })
}

/** Dismantles labs whose owner is gone, and names them. Call it under the lock. */
export function reapAbandoned(): string[] {
  const abandoned = entries().filter((entry) => !isAlive(entry.owner))
  for (const entry of abandoned) dismantle(entry)
  return abandoned.map((entry) => entry.name)
}
