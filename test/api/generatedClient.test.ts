import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/**
 * Runs a program of tools/ and gives what it printed. Its generator is brought by the first run.
 */
async function run(command: string, ...words: string[]): Promise<string> {
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  const text = Buffer.concat(output).toString()
  expect(code, text).toBe(0)
  return text
}

it('a client that openapi-typescript makes of the document compiles and works', {
  timeout: 180_000,
}, async () => {
  await run('bash', 'tools/clients.sh')
  expect(await run(process.execPath, 'tools/clients.ts', '--only', 'openapi-typescript')).toContain(
    'ok',
  )
})
