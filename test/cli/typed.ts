import { PassThrough } from 'node:stream'
import { main } from '../../src/cli/main.ts'

/** How a command line ended that was typed in this process. */
export interface Typed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, where nobody can be asked. */
export async function typed(
  argv: readonly string[],
  { env = {}, cwd = '/' }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Typed> {
  const texts = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text
    },
  })
  const stdin = new PassThrough()
  const code = await main(argv, {
    env,
    cwd,
    stdin,
    stdout: into('stdout'),
    stderr: into('stderr'),
  })
  return { code, ...texts }
}
