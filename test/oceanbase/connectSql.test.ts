import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { TransientError } from '../../src/errors/failure.ts'
import { connectSql } from '../../src/oceanbase/index.ts'
import { Secret } from '../../src/quote.ts'

it('a login that nobody waits for any more is not begun: its failure would end the worker', async () => {
  let seen = 0
  const server = createServer((socket) => {
    seen += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    const target = { ip: '127.0.0.1', port, username: 'root@sys', password: new Secret('') }
    const options = { log: () => undefined }
    const reason = new Error('the worker stops')
    await expect(
      connectSql(target, { ...options, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason)
    // The server sees its callers in turn: with this one it has seen all.
    await expect(
      connectSql(target, { ...options, signal: new AbortController().signal }),
    ).rejects.toThrow(TransientError)
    expect(seen).toBe(1)
  } finally {
    server.close()
  }
})
