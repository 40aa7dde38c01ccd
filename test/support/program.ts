import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'

/** A program of this repository in a process of its own, which nobody starts again. */
export interface Program {
  readonly pid: number
  readonly running: boolean
  /** What it has said on stderr so far. */
  readonly said: string
  /** What it has written on stdout so far. */
  readonly printed: string
  /** Asks it to end, and gives its exit code; null when it was killed. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>
  /** Its exit code, when it has one; null when it was killed. */
  readonly ended: Promise<number | null>
  /** Ends it at once if it still runs. */
  close(): Promise<void>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Starts a program, e.g. `src/server.ts`. It ends with this process, however that ends (Linux). */
export function startProgram(
  program: string,
  env: Readonly<Record<string, string>>,
  words: readonly string[] = [],
): Program {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, program, ...words], {
    cwd: root,
    env: { PATH, NODE_COMPILE_CACHE, OBFLOW_WORKFLOW_BUNDLE: bundle().codePath, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  const exited = once(child, 'exit').then(() => child.exitCode)
  const running = () => child.exitCode === null && child.signalCode === null
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} could not be started`)
  return {
    pid,
    get running() {
      return running()
    },
    get said() {
      return said
    },
    get printed() {
      return printed
    },
    ended: exited,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
    async close() {
      if (running()) child.kill('SIGKILL')
      await exited
    },
  }
}
