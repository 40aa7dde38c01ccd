import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { UnreachableError } from '../../src/cli/client.ts'
import { environmentOf } from '../grown/dockerfile.ts'

export interface Service {
  /** Of the process that runs now. */
  readonly pid: number
  /** What it said before it ended by itself; undefined when it never did. */
  readonly lastWords: string | undefined
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

const maxWords = 2000

/**
 * A process of obflow's, with the image's limits to its memory, that is started again whenever it
 * ends before it is closed.
 */
export function startService({ program, env, log, onMessage }: ServiceOptions): Service {
  let child: ChildProcess
  let closing = false
  let lastWords: string | undefined
  const start = (): void => {
    const { PATH = '', OBFLOW_WORKFLOW_BUNDLE = '', NODE_COMPILE_CACHE = '' } = process.env
    const { NODE_OPTIONS = '', MALLOC_ARENA_MAX = '' } = environmentOf('obflow')
    const started = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, program], {
      cwd: root,
      env: {
        PATH,
        OBFLOW_WORKFLOW_BUNDLE,
        NODE_COMPILE_CACHE,
        NODE_OPTIONS,
        MALLOC_ARENA_MAX,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A session of its own, as systemd and containers make one: Linux shares its processors
      // between sessions before it does between processes. Source: autogroup in sched(7).
      detached: true,
    })
    started.stderr?.pipe(createWriteStream(log, { flags: 'a' }))
    let said = ''
    started.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-maxWords)
    })
    started.on('message', (message) =>
      onMessage?.(message, (reply) => {
        if (started.connected) started.send(reply, () => undefined)
      }),
    )
    started.once('exit', () => {
      if (!closing) start()
    })
    // After its last words.
    started.once('close', (code, signal) => {
      if (signal !== 'SIGKILL') lastWords = `${program} ended with ${code ?? signal}: ${said}`
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
    get lastWords() {
      return lastWords
    },
    crash: kill,
    async close() {
      closing = true
      await kill()
    },
  }
}

/**
 * Calls until the API is reached. Rejects when the call does, or as soon as a service has ended by
 * itself.
 */
export async function untilReached(
  call: () => Promise<unknown>,
  services: readonly Service[],
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    const trouble = await call().then(
      () => undefined,
      (error: unknown) => error ?? new Error('the call failed'),
    )
    const ended = services.find(({ lastWords }) => lastWords !== undefined)
    if (ended) throw new Error(ended.lastWords)
    if (trouble === undefined) return
    if (!(trouble instanceof UnreachableError)) throw trouble
    await sleep(100, undefined, signal && { signal })
  }
}
