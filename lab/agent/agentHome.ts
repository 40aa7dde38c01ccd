import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** The programs lie in `<home>/lib/agent`; tests give another home. */
export const home = process.env.OBFLOW_LAB_AGENT_HOME ?? join(import.meta.dirname, '../..')

/** OCP's agent from 3.2 on and obagent are one program under two families of names. */
const ocp = existsSync(join(home, 'bin/ocp_agentctl'))
const family = ocp ? 'ocp' : 'ob'

export const agentVersion = ocp ? '4.2.0' : '4.2.2'

/** What its names end with; each has `bin/<family>_<role>` and `run/<family>_<role>.pid`. */
export const roles = ['agentd', 'mgragent', 'monagent'] as const
export type Role = (typeof roles)[number]

export const nameOf = (role: Role): string => `${family}_${role}`

/** TypeScript here, JavaScript in the package. */
const extension = extname(import.meta.filename)

export const programOf = (role: Role): string => `${role}${extension}`

const pidFile = (role: Role) => join(home, 'run', `${nameOf(role)}.pid`)

/**
 * Shows the process under its own name in ps and pidof, and writes its pid file; the file goes with
 * the process.
 */
export function takeName(role: Role): void {
  process.title = join(home, 'bin', nameOf(role))
  writeFileSync('/proc/self/comm', nameOf(role))
  writeFileSync(pidFile(role), `${process.pid}\n`)
  process.on('exit', () => rmSync(pidFile(role), { force: true }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
}

/** The pid of a live process of that role; undefined when there is none, or only a zombie. */
export function runningPid(role: Role): number | undefined {
  // Process and pid file may go while they are being looked at.
  try {
    const pid = Number(readFileSync(pidFile(role), 'utf8').trim())
    const [, comm, state] =
      /^\d+ \((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return comm === nameOf(role) && state !== 'Z' ? pid : undefined
  } catch {
    return undefined
  }
}
