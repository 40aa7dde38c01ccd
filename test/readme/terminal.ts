import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How a command in a terminal ended. */
export interface Done {
  readonly status: number
  readonly output: string
}

/** What a person types when a command asks: the question's end, and the answer. */
export type Answers = readonly (readonly [question: string, answer: string])[]

const mark = '\u001e'

// Reads commands, each up to a NUL, and runs them as one shell; stdin is the terminal's.
const loop = `stty -echo cols 150 rows 50
while IFS= read -r -d '' line <&3; do
  eval "$line"
  printf '${mark}%d${mark}' "$?"
done`

/**
 * A person's environment: without the tools of this test run, as only \`.tools/bin/node\` names
 * them.
 */
function environment(): NodeJS.ProcessEnv {
  const { HOME, LANG, PATH = '' } = process.env
  const path = PATH.split(':').filter((folder) => !folder.includes('.tools'))
  return { HOME, LANG, PATH: path.join(':'), TERM: 'xterm' }
}

const groupsEnd = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

interface TerminalOptions {
  readonly cwd: string
  readonly folder: string
  readonly name: string
  /** What is put before the shell, to run it on another machine. */
  readonly inside?: readonly string[]
}

/**
 * A shell on a terminal of its own, which keeps variables and functions from one command to the
 * next.
 */
export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #commands: NodeJS.WritableStream
  #output = ''

  /** `cwd` is where commands run, `folder` where the terminal keeps its pipe. */
  constructor({ cwd, folder, name, inside = [] }: TerminalOptions) {
    const pipe = join(folder, `${name}.pipe`)
    execFileSync('mkfifo', [pipe])
    const before = inside.map((word) => `'${word}' `).join('')
    const command = `exec ${before}bash --noprofile --norc -c "$LOOP" 3<>'${pipe}'`
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd,
      env: { ...environment(), LOOP: loop },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    this.#commands = createWriteStream(pipe, { flags: 'r+' })
  }

  /** Types a command and waits for its end. Rejects when it takes longer than `timeoutMs`. */
  async run(
    command: string,
    { answers = [], timeoutMs = 240_000 }: RunOptions = {},
  ): Promise<Done> {
    this.#output = ''
    this.#commands.write(`${command}\0`)
    const open = [...answers]
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const [output = '', status] = this.#output.split(mark)
      if (status !== undefined)
        return { status: Number(status), output: output.replaceAll('\r\n', '\n') }
      const [question, answer] = open[0] ?? []
      if (question !== undefined && output.includes(question)) {
        this.#child.stdin?.write(`${answer}\n`)
        open.shift()
      }
      if (this.#child.exitCode !== null)
        throw new Error(`the terminal was closed by: ${command}\n${output}`)
      if (Date.now() > deadline) throw new Error(`no end of: ${command}\n${output}`)
      await pause(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#commands.end()
    await groupsEnd(this.#child)
  }
}

interface RunOptions {
  readonly answers?: Answers
  readonly timeoutMs?: number
}

interface ServerOptions {
  readonly cwd: string
  /** What it writes when it is up. */
  readonly ready: string
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
  /** What is put before the shell, to run it on another machine. */
  readonly inside?: readonly string[]
}

/** A command that runs in a terminal of its own until Ctrl-C. */
export class Server implements AsyncDisposable {
  readonly #child: ChildProcess
  #output = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
  }

  /** Starts a command and waits until it is up. */
  static async start(
    command: string,
    { cwd, ready, env = {}, timeoutMs = 300_000, inside = [] }: ServerOptions,
  ): Promise<Server> {
    const [program = '', ...words] = [...inside, 'bash', '--noprofile', '--norc', '-c', command]
    const child = spawn(program, words, {
      cwd,
      env: { ...environment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const server = new Server(child)
    const deadline = Date.now() + timeoutMs
    while (!server.#output.includes(ready)) {
      if (child.exitCode !== null)
        throw new Error(`${command} ended with ${child.exitCode}\n${server.#output}`)
      if (Date.now() > deadline) {
        await groupsEnd(child)
        throw new Error(`${command} was never up\n${server.#output}`)
      }
      await pause(50)
    }
    return server
  }

  get output(): string {
    return this.#output
  }

  /** Ctrl-C: a terminal sends it to all processes of the command. */
  async stop(): Promise<string> {
    if (
      this.#child.pid !== undefined &&
      this.#child.exitCode === null &&
      this.#child.signalCode === null
    ) {
      const ended = once(this.#child, 'close')
      process.kill(-this.#child.pid, 'SIGINT')
      await ended
    }
    return this.#output
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
