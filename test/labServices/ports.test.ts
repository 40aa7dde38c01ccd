import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { claimPort } from '../../lab/ports/claim.ts'

/** A range of one port that nothing else claims. */
const only = (offset: number) => {
  const from = 20_000 + offset + (process.pid % 700) * 4
  return { from, to: from + 1 }
}
/** Arguments of Node for a program that claims the one port and prints it. */
const claiming = (range: ReturnType<typeof only>, then = ''): string[] => {
  const room = JSON.stringify(new URL('../../lab/ports/claim.ts', import.meta.url).href)
  const program = `import { claimPort } from ${room}; console.log(await claimPort(${JSON.stringify(range)})); ${then}`
  return ['--input-type=module', '--eval', program]
}

test('no other process claims a port while the first one lives, nor does the same one again', async () => {
  const range = only(0)
  expect(await claimPort(range)).toBe(range.from)
  await expect(promisify(execFile)(process.execPath, claiming(range))).rejects.toThrow(
    `no free port from ${range.from}`,
  )
  await expect(claimPort(range)).rejects.toThrow('no free port')
})

test('the claim ends with its process', async () => {
  const range = only(1)
  const words = claiming(range, 'setInterval(() => {}, 1000)')
  const other = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(other.stdout, 'data')
  await expect(claimPort(range)).rejects.toThrow('no free port')
  const exited = once(other, 'exit')
  other.kill('SIGKILL')
  await exited
  expect(await claimPort(range)).toBe(range.from)
})

test('a claimed port can be listened on, and a port where somebody listens is not claimed', async () => {
  const range = only(2)
  for (const port of [await claimPort(), range.from]) {
    const server = createServer()
    onTestFinished(() => void server.close())
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await expect(claimPort(range)).rejects.toThrow('no free port')
})
