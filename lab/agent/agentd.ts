import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { home, nameOf, programOf, type Role, takeName } from './agentHome.ts'

/**
 * ob_agentd or ocp_agentd: keeps the two agents running, and takes them along when it is stopped.
 */
const services = ['mgragent', 'monagent'] as const
const children = new Map<Role, ChildProcess>()
const restartMs = 1000

takeName('agentd')
mkdirSync(join(home, 'log'), { recursive: true })

function keep(role: Role): void {
  const log = openSync(join(home, 'log', `${nameOf(role)}.log`), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, programOf(role))], {
    argv0: join(home, 'bin', nameOf(role)),
    cwd: home,
    stdio: ['ignore', log, log],
  })
  children.set(role, child)
  child.once('exit', () => setTimeout(() => keep(role), restartMs))
}

process.on('exit', () => {
  for (const child of children.values()) child.kill('SIGTERM')
})
for (const role of services) keep(role)
