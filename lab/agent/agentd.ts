import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { home, type ProcessName, programs, takeName } from './agentHome.ts'

/** ob_agentd: keeps the two agents running, and takes them along when it is stopped. */
const services = ['ob_mgragent', 'ob_monagent'] as const
const children = new Map<ProcessName, ChildProcess>()
const restartMs = 1000

takeName('ob_agentd')
mkdirSync(join(home, 'log'), { recursive: true })

function keep(name: ProcessName): void {
  const log = openSync(join(home, 'log', `${name}.log`), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, programs[name])], {
    argv0: join(home, 'bin', name),
    cwd: home,
    stdio: ['ignore', log, log],
  })
  children.set(name, child)
  child.once('exit', () => setTimeout(() => keep(name), restartMs))
}

process.on('exit', () => {
  for (const child of children.values()) child.kill('SIGTERM')
})
for (const name of services) keep(name)
