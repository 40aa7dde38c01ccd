import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { dieWithOwner, plug, type Switch, unplug } from '../hosts/network.ts'
import { type ProcessId, processId } from '../hosts/processes.ts'
import { attempt, type Outcome } from '../hosts/run.ts'
import type { Healthcheck, Service } from './compose.ts'
import type { Layer } from './images.ts'

/** All that one container of a service is started from. */
export interface ContainerSpec {
  /** As `api-2`; its host name too. */
  readonly name: string
  readonly ip: string
  /** Its own folder of this machine. */
  readonly dir: string
  readonly network: Switch
  readonly mounts: readonly (Layer & { readonly readOnly: boolean })[]
  readonly command: readonly string[]
  readonly user: number
  readonly workingDir: string
  readonly environment: Readonly<Record<string, string>>
  readonly stopSignal: NodeJS.Signals
  readonly stopGraceMs: number
  readonly restarts: Service['restarts']
  /** Is told of every process 1, so that somebody ends it when this program cannot. */
  readonly adopt: (process: ProcessId) => void
}

export interface Container {
  readonly name: string
  readonly ip: string
  /** What its command wrote, since its first start. */
  readonly logFile: string
  /** Ends everything in it as a crash would; its restart policy applies. */
  kill(): Promise<void>
  /**
   * Asks it to end, by SIGKILL after its grace; its restart policy starts it again, as an update by
   * a newer image would.
   */
  restart(): Promise<void>
  /** Ends it at once and for good. */
  close(): Promise<void>
  /** Runs a command inside, as the container's user, with its environment and working directory. */
  exec(command: readonly string[], timeoutMs?: number): Promise<Outcome>
  /** Resolves when it ended well; rejects when it failed more often than it is started again. */
  readonly completed: Promise<void>
  /** Resolves when its health check passes; rejects after the retries that the check allows. */
  healthy(check: Healthcheck): Promise<void>
}

/** Docker's first pause before a restart. */
const restartPauseMs = 100

/** Starts a container and, as its policy says, starts it again when it ends. */
export function startContainer(spec: ContainerSpec): Container {
  const { name, ip, dir } = spec
  const logFile = join(dir, 'log')
  mkdirSync(join(dir, 'root'), { recursive: true })
  mkdirSync(join(dir, 'memory'), { recursive: true })
  writeFileSync(join(dir, 'mounts'), spec.mounts.map(asLine).join(''))
  let current: Run | undefined
  let closing = false

  const supervise = async (): Promise<void> => {
    for (let failures = 0; ; ) {
      current = launch(spec, logFile)
      const code = await current.ended
      current = undefined
      if (closing) return
      if (spec.restarts !== 'always') {
        if (code === 0) return
        if (++failures > spec.restarts.onFailure)
          throw new Error(`${name} ended with ${code}: ${tail(logFile)}`)
      }
      await sleep(restartPauseMs)
      if (closing) return
    }
  }
  const completed = supervise()
  // Whoever waits for it hears of it; nobody has to.
  completed.catch(() => undefined)

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const run = current
    if (!run) return
    const pid = await run.pid
    if (pid !== undefined) signalTo(pid, signal)
    const ended = await Promise.race([
      run.ended.then(() => true),
      sleep(spec.stopGraceMs, false, { ref: false }),
    ])
    if (!ended && pid !== undefined) signalTo(pid, 'SIGKILL')
    await run.ended
  }
  const exec: Container['exec'] = async (command, timeoutMs = 60_000) => {
    const pid = await current?.pid
    if (pid === undefined) return { code: 137, stdout: '', stderr: `${name} is not running` }
    const inside = [
      'nsenter',
      '--target',
      String(pid),
      '--net',
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
    ]
    const identity =
      spec.user === 0
        ? []
        : ['setpriv', `--reuid=${spec.user}`, `--regid=${spec.user}`, '--clear-groups', '--']
    return attempt([...inside, ...identity, 'env', '-C', spec.workingDir, ...command], {
      env: spec.environment,
      timeoutMs,
    })
  }
  return {
    name,
    ip,
    logFile,
    completed,
    exec,
    kill: () => end('SIGKILL'),
    restart: () => end(spec.stopSignal),
    async close() {
      closing = true
      await end('SIGKILL')
      await completed.catch(() => undefined)
    },
    async healthy({ command, intervalMs, timeoutMs, retries }) {
      const deadline = Date.now() + retries * intervalMs
      for (;;) {
        const { code, stdout, stderr } = await exec(command, timeoutMs)
        if (code === 0) return
        if (closing) throw new Error(`${name} was closed before it was healthy`)
        if (Date.now() > deadline)
          throw new Error(`${name} is not healthy: ${stderr || stdout}\n${tail(logFile)}`)
        await sleep(Math.min(intervalMs, 500))
      }
    },
  }
}

interface Run {
  /** Process 1 as the machine numbers it; undefined when it ended before it was one. */
  readonly pid: Promise<number | undefined>
  /** The exit code of the command; 137 when it was killed. */
  readonly ended: Promise<number>
}

function launch(spec: ContainerSpec, logFile: string): Run {
  const spaces = ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child']
  const script = [
    'bash',
    join(import.meta.dirname, 'container.sh'),
    spec.dir,
    spec.name,
    spec.workingDir,
    String(spec.user),
  ]
  const child = spawn(
    dieWithOwner[0],
    [...dieWithOwner.slice(1), 'unshare', ...spaces, ...script, ...spec.command],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: spec.environment,
      // A terminal's Ctrl-C reaches this program alone, which then ends its containers in order.
      detached: true,
    },
  )
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : 137))
  const log = createWriteStream(logFile, { flags: 'a' })
  child.stderr.pipe(log, { end: false })
  const pid = started(child, spec, log).catch((error: unknown) => {
    log.write(`${error}\n`)
    child.kill('SIGKILL')
    return undefined
  })
  return { ended, pid: Promise.race([pid, ended.then(() => undefined)]) }
}

/** Plugs the container in when it says who it is; what it writes after that is its command's. */
function started(
  child: ChildProcess & { stdout: NodeJS.ReadableStream },
  spec: ContainerSpec,
  log: NodeJS.WritableStream,
) {
  return new Promise<number>((resolve, reject) => {
    let pid = 0
    let up = false
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (up) log.write(`${line}\n`)
      else if (line.startsWith('pid ')) {
        pid = Number(line.slice(4))
        const init = processId(pid)
        if (init) spec.adopt(init)
        unplug(spec.network, spec.ip)
          .then(() => plug(spec.network, spec.ip, pid))
          .then(() => child.stdin?.end(`${spec.ip}/24\n`), reject)
      } else if (line === 'up') {
        up = true
        resolve(pid)
      }
    })
  })
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between.
  }
}

const tail = (file: string): string => readFileSync(file, 'utf8').slice(-2000)

const asLine = ({ source, target, readOnly }: ContainerSpec['mounts'][number]): string =>
  `${source}\t${target}\tbind${readOnly ? ',ro' : ''}\n`
