import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError, nodeBinary } from './machine.ts'
import { fstabOf } from './mounts.ts'
import { dieWithOwner, plug, type Switch } from './network.ts'
import { type ProcessId, processId } from './processes.ts'

/** A host that is switched on. */
export interface Running {
  /** Process 1 of the host, by the number the machine knows it under. */
  readonly init: ProcessId
  /** True when the machine forbade raising limits. */
  readonly limited: boolean
  /** Settles when the last process of the host is gone. */
  readonly ended: Promise<void>
}

export interface HostFiles {
  readonly name: string
  readonly ip: string
  /** Holds the host's `root` tree and what it changed in /usr. */
  readonly dir: string
}

/**
 * Switches a host on: namespaces, mounts, network, sshd. It is up when its port 22 answers.
 * `beforeSshd` is told whether the machine forbade raising limits, and may write sshd's settings.
 */
export async function boot(
  host: HostFiles,
  network: Switch,
  beforeSshd: (limited: boolean) => void,
): Promise<Running> {
  writeFileSync(join(host.dir, 'fstab'), fstabOf(host.dir, nodeBinary()))
  const script = join(import.meta.dirname, 'init.sh')
  const spaces = ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child']
  const child = spawn(
    dieWithOwner[0],
    [...dieWithOwner.slice(1), 'unshare', ...spaces, 'bash', script, host.dir, host.name],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    },
  )
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  try {
    return { ...(await start(child, host, network, beforeSshd)), ended }
  } catch (error) {
    child.kill('SIGKILL')
    await ended
    throw error
  }
}

async function start(
  child: ChildProcess,
  host: HostFiles,
  network: Switch,
  beforeSshd: (limited: boolean) => void,
): Promise<Omit<Running, 'ended'>> {
  let init: ProcessId | undefined
  let limited = false
  for await (const line of linesOf(child, host.name)) {
    if (line === 'limits') limited = true
    if (line.startsWith('pid ')) {
      const pid = Number(line.slice(4))
      init = processId(pid)
      await plug(network, host.ip, pid)
      beforeSshd(limited)
      child.stdin?.write(`${host.ip}/24\n`)
    }
    if (line === 'up') break
  }
  if (!init) throw new LabError(`Host ${host.name} did not start.`)
  await answers(host.ip, 22)
  return { init, limited }
}

/** What process 1 says while it starts; throws with its complaint when it ends instead. */
async function* linesOf(child: ChildProcess, name: string): AsyncGenerator<string> {
  if (!child.stdout || !child.stderr) return
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  yield* createInterface({ input: child.stdout })
  throw new LabError(`Host ${name} ended while starting: ${complaint.trim() || 'no reason given'}`)
}

/** Waits until something listens; sshd detaches before it does. */
export async function answers(ip: string, port: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await accepts(ip, port))) {
    if (Date.now() > deadline) throw new LabError(`Nothing answers on ${ip}:${port} after 10 s.`)
    await delay(5)
  }
}

function accepts(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port, timeout: 1000 })
    const settle = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket
      .once('connect', () => settle(true))
      .once('error', () => settle(false))
      .once('timeout', () => settle(false))
  })
}
