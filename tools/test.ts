import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Counts, verdict } from './verdict.ts'

// Runs vitest with the arguments given, and closes with one line that says how many tests passed: `N passed, 0 failed`.

const counts = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
})

async function read(file: string): Promise<Counts | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = counts.parse(JSON.parse(text))
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
}

const folder = await mkdtemp(join(tmpdir(), 'obflow-test-'))
try {
  const result = join(folder, 'result.json')
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${result}`]
  const child = spawn(process.execPath, [...vitest, ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'inherit'] })
  // The child hears a Ctrl-C by itself, and clears away its hosts before it goes.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const [exitCode] = await once(child, 'exit')
  const { ok, remark, line } = verdict(await read(result), exitCode === 0)
  if (remark !== undefined) process.stderr.write(`${remark}\n`)
  process.stdout.write(`${line}\n`)
  process.exitCode = ok ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}
