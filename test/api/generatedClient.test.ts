import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Runs a program of tools/ and gives what it printed. */
async function run(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  const text = Buffer.concat(output).toString()
  expect(code, text).toBe(0)
  return text
}

// The generators that come from npm and from Go's modules, as tools/clients.sh brings them; `make
// clients` runs all others, too.
it.each(['openapi-typescript', 'oapi-codegen'])(
  'a client that %s makes of the document compiles and works',
  { timeout: 300_000 },
  async (name) => {
    const printed = await run('tools/clients.ts', '--only', name)
    expect(printed).toMatch(/^\S+ +ok/)
  },
)
