import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { environmentOf } from '../grown/dockerfile.ts'

export interface Service {
  /** Of the process that runs now. */
  readonly pid: number
  /** Ends it as a crash would, and starts it again as a supervisor would. */
  crash(): Promise<void>
  close(): Promise<void>
}

export interface ServiceOptions {
  /** A program of this repository, e.g. `src/server.ts`. */
  readonly program: string
  readonly env: Readonly<Record<string, string>>
  readonly log: string
  readonly onMessage?: (message: unknown, answer: (reply: number) => void) => void
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A process of obflow's, with the image's limits to its memory, that is started again whenever it ends before it is closed. */
export function startService({ program, env, log, onMessage }: ServiceOptions): Service {
  let child: ChildProcess
  let closing = false
  const start = (): void => {
    const { PATH = '', OBFLOW_WORKFLOW_BUNDLE = '' } = process.env
    const { NODE_OPTIONS = '', MALLOC_ARENA_MAX = '' } = environmentOf('obflow')
    const started = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, program], {
      cwd: root,
      env: { PATH, OBFLOW_WORKFLOW_BUNDLE, NODE_OPTIONS, MALLOC_ARENA_MAX, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    started.stderr?.pipe(createWriteStream(log, { flags: 'a' }))
    started.on('message', (message) =>
      onMessage?.(message, (reply) => {
        if (started.connected) started.send(reply, () => undefined)
      }),
    )
    started.once('exit', () => {
      if (!closing) start()
    })
    child = started
  }
  start()
  const kill = async (): Promise<void> => {
    const ending = child
    if (ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill('SIGKILL')
    await exited
  }
  return {
    get pid() {
      return child.pid ?? 0
    },
    crash: kill,
    async close() {
      closing = true
      await kill()
    },
  }
}
