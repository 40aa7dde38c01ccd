import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** The programs lie in `<home>/lib/agent`; tests give another home. */
export const home = process.env.OBFLOW_LAB_AGENT_HOME ?? join(import.meta.dirname, '../..')

export const agentVersion = '3.1.2'

export const processes = ['ob_agentd', 'ob_mgragent', 'ob_monagent'] as const
export type ProcessName = (typeof processes)[number]

/** TypeScript here, JavaScript in the package. */
const extension = extname(import.meta.filename)

export const programs: Record<ProcessName, string> = {
  ob_agentd: `agentd${extension}`,
  ob_mgragent: `mgragent${extension}`,
  ob_monagent: `monagent${extension}`,
}

const pidFile = (name: ProcessName) => join(home, 'run', `${name}.pid`)

/**
 * Shows the process under its own name in ps and pidof, and writes its pid file; the file goes with
 * the process.
 */
export function takeName(name: ProcessName): void {
  process.title = join(home, 'bin', name)
  writeFileSync('/proc/self/comm', name)
  writeFileSync(pidFile(name), `${process.pid}\n`)
  process.on('exit', () => rmSync(pidFile(name), { force: true }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
}

/** The pid of a live process of that name; undefined when there is none, or only a zombie. */
export function runningPid(name: ProcessName): number | undefined {
  // Process and pid file may go while they are being looked at.
  try {
    const pid = Number(readFileSync(pidFile(name), 'utf8').trim())
    const [, comm, state] =
      /^\d+ \((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return comm === name && state !== 'Z' ? pid : undefined
  } catch {
    return undefined
  }
}
