import { spawn } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { home } from '../agentHome.ts'

/**
 * ocp_agentd of OCP up to 3.1: it has no control program and no pid file, and keeps what it guards
 * running. It stays in the foreground, as a Python program does that nobody told otherwise.
 */
const guarded = ['pos_proxy', 'node_exporter', 'ocp_exporter']
const restartMs = 1000

process.title = `python ${join(home, 'bin/ocp_agentd')}`
writeFileSync('/proc/self/comm', 'ocp_agentd')
mkdirSync(join(home, 'log'), { recursive: true })

const children = guarded.map((name) => {
  const keep = (): { kill: () => void } => {
    const log = openSync(join(home, 'log', `${name}.log`), 'a')
    const program = join(import.meta.dirname, `${name}${extname(import.meta.filename)}`)
    const child = spawn(process.execPath, [program], {
      argv0: join(home, 'bin', name),
      cwd: home,
      stdio: ['ignore', log, log],
    })
    child.once('exit', () =>
      setTimeout(() => {
        current = keep()
      }, restartMs),
    )
    return { kill: () => void child.kill('SIGTERM') }
  }
  let current = keep()
  return () => current.kill()
})

process.on('exit', () => {
  for (const kill of children) kill()
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
