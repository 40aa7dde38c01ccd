import { spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { agentVersion, home, nameOf, programOf, roles, runningPid } from './agentHome.ts'
import { portOf } from './http.ts'
import { configFaults, readConfig, updateConfig } from './properties.ts'

/**
 * ob_agentctl and ocp_agentctl: `config -u k=v,k=v`, start, stop, restart, status; prints obagent's
 * JSON, exits 1 when it failed.
 */
type Outcome = { successful: boolean; message: unknown; error: string }

const ok = (message: unknown): Outcome => ({ successful: true, message, error: '' })
const failed = (error: string): Outcome => ({ successful: false, message: null, error })
const waitMs = 10_000

async function until(look: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + waitMs; Date.now() < end; await delay(50))
    if (await look()) return true
  return false
}

function listening(key: string, otherwise: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: portOf(key, otherwise) })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function ready(): Promise<boolean> {
  if (roles.some((role) => runningPid(role) === undefined)) return false
  return (
    (await listening('ocp.agent.manager.http.port', 8089)) &&
    (await listening('ocp.agent.monitor.http.port', 8088))
  )
}

async function start(): Promise<Outcome> {
  if (runningPid('agentd') !== undefined)
    return (await until(ready))
      ? ok('agentd is already running')
      : failed('agentd runs, its agents do not')
  const faults = configFaults()
  if (faults.length > 0) return failed(faults.join('; '))
  // Agents that outlived a killed daemon would hold the ports.
  await stop()
  mkdirSync(join(home, 'run'), { recursive: true })
  mkdirSync(join(home, 'log'), { recursive: true })
  const log = openSync(join(home, `log/${nameOf('agentd')}.log`), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, programOf('agentd'))], {
    argv0: join(home, 'bin', nameOf('agentd')),
    cwd: home,
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  return (await until(ready))
    ? ok('start agentd successfully')
    : failed(`agent not ready within ${waitMs} ms, see ${join(home, 'log')}`)
}

async function stop(): Promise<Outcome> {
  for (const role of roles) {
    const pid = runningPid(role)
    try {
      if (pid !== undefined) process.kill(pid, 'SIGTERM')
    } catch {
      // Its daemon was quicker.
    }
  }
  const gone = await until(() => roles.every((role) => runningPid(role) === undefined))
  return gone ? ok('stop agentd successfully') : failed('agentd did not stop')
}

function status(): Outcome {
  const services = Object.fromEntries(
    roles.slice(1).map((role) => {
      const pid = runningPid(role)
      return [
        nameOf(role),
        { pid: pid ?? 0, state: pid === undefined ? 'stopped' : 'running', version: agentVersion },
      ]
    }),
  )
  const pid = runningPid('agentd')
  const all = roles.every((role) => runningPid(role) !== undefined)
  const state = pid === undefined ? 'stopped' : all ? 'running' : 'starting'
  const ports = [
    portOf('ocp.agent.manager.http.port', 8089),
    portOf('ocp.agent.monitor.http.port', 8088),
  ]
  return ok({ state, ready: all, version: agentVersion, pid: pid ?? 0, ports, services })
}

/** `-u k=v,k=v`; with no -u prints what is set, passwords masked. */
function config(words: string[]): Outcome {
  const at = words.findIndex((word) => word === '-u' || word === '--update')
  if (at < 0) {
    return ok(
      Object.fromEntries(
        [...readConfig()].map(([key, value]) => [
          key,
          /password/.test(key) && value ? '******' : value,
        ]),
      ),
    )
  }
  const pairs = new Map<string, string>()
  for (const part of (words[at + 1] ?? '').split(',').filter(Boolean)) {
    const equals = part.indexOf('=')
    if (equals <= 0) return failed(`invalid key-value pair '${part}'`)
    pairs.set(part.slice(0, equals).trim(), part.slice(equals + 1))
  }
  if (pairs.size === 0) return failed('no key-value pairs')
  const unknown = updateConfig(pairs)
  return unknown.length > 0
    ? failed(unknown.map((key) => `key ${key} is not found`).join('; '))
    : ok('success')
}

async function restart(): Promise<Outcome> {
  const stopped = await stop()
  return stopped.successful ? await start() : stopped
}

const commands: Record<string, (words: string[]) => Outcome | Promise<Outcome>> = {
  start,
  stop,
  restart,
  status,
  info: status,
  config,
}
const [name = '', ...words] = process.argv.slice(2)
const command = commands[name]
const outcome = command
  ? await command(words)
  : failed(`unknown command '${name}', expected ${Object.keys(commands).join(', ')}`)
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exit(outcome.successful ? 0 : 1)
