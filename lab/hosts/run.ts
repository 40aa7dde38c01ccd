import { spawn } from 'node:child_process'

/** What a finished command left behind. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Text for its standard input; without it the input is empty. */
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
  /** Milliseconds after which it is killed; default 60,000. */
  readonly timeoutMs?: number
}

/**
 * Runs a program of this machine to its end; a non-zero exit is an outcome, a program that cannot
 * be started is an error.
 */
export function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(options.env && { env: options.env }),
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 137, stdout, stderr }))
    // A program that ends without reading its input is no mistake of the caller.
    child.stdin.on('error', () => undefined).end(options.input ?? '')
  })
}

/** Runs a program of this machine and gives its output; throws with its words when it fails. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(argv, options)
  if (outcome.code !== 0)
    throw new Error(
      `${argv.join(' ')} ended with ${outcome.code}: ${(outcome.stderr || outcome.stdout).trim()}`,
    )
  return outcome.stdout
}
