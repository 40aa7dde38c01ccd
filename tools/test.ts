import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Counts, verdict } from './verdict.ts'

// Runs vitest with the arguments given, and closes with one line that says how many tests passed:
// `N passed, 0 failed`.

const result = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

/** Modules as Node has compiled them: hundreds of processes of a run load the same ones. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

/** Enough to see what was expected and what came. */
const clip = (text: string): string => text.slice(0, 1500)

async function read(
  file: string,
): Promise<(Counts & { readonly failures: readonly string[] }) | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
    result.parse(JSON.parse(text))
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(
        ({ fullName, failureMessages }) =>
          `FAILED ${fullName}\n${clip(failureMessages?.[0] ?? 'it gave no reason')}`,
      ),
  )
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    failures,
  }
}

const folder = await mkdtemp(join(tmpdir(), 'obflow-test-'))
try {
  // Some tests run programs as another user, who reads what is made for him in here.
  await chmod(folder, 0o711)
  const file = join(folder, 'result.json')
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  // What a test makes lies in the folder, and goes with it when the test cannot remove it.
  const env = { ...process.env, TMPDIR: folder, NODE_COMPILE_CACHE: compiled }
  const words = process.argv.slice(2)
  const child = spawn(process.execPath, [...vitest, ...words], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // The child hears a Ctrl-C by itself, and clears away its hosts before it goes.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill(signal))
  const [exitCode] = await once(child, 'exit')
  const outcome = await read(file)
  const { ok, remark, line } = verdict(outcome, exitCode === 0, words.includes('-t'))
  // Once more at the end: whoever reads a long log reads its end.
  for (const failure of outcome?.failures ?? []) process.stderr.write(`${failure}\n`)
  if (remark !== undefined) process.stderr.write(`${remark}\n`)
  process.stdout.write(`${line}\n`)
  process.exitCode = ok ? 0 : 1
} finally {
  // Its workers may still write while they are ended.
  await rm(folder, { recursive: true, maxRetries: 5 })
}
