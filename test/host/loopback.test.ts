import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimPort } from '../../lab/ports/claim.ts'
import { TransientError } from '../../src/errors/failure.ts'
import { connectSql } from '../../src/oceanbase/index.ts'
import { Secret } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

const { pool, host, session } = createTestHosts()
let sshd: TestSshd
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('bytes go both ways over the loopback of a host, and either side may end it', async () => {
  const port = await claimPort()
  const server = createServer((client) => {
    client.write(`${client.remoteAddress} says hello`)
    client.on('data', (chunk) => {
      if (chunk.toString() === 'bye') client.end()
      else client.write(chunk)
    })
    client.on('error', () => undefined)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const target = host(sshd.access())
  await target.overLoopback(port, async (stream) => {
    const [hello] = await once(stream, 'data')
    expect(String(hello)).toBe('127.0.0.1 says hello')
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value))
    stream.write(bytes)
    const [echo] = await once(stream, 'data')
    expect(echo).toEqual(bytes)
  })
  await target.overLoopback(port, async (stream) => {
    await once(stream, 'data')
    stream.write('bye')
    await once(stream, 'close')
  })
  server.close()
  await once(server, 'close')
})

test('a port where nothing listens is a stream that ends at once, which a login takes for passing', async () => {
  const port = await claimPort()
  const login = { ip: '127.0.0.1', port, username: 'root@proxysys', password: new Secret('x') }
  const failure = await failureOf(
    host(sshd.access()).overLoopback(port, (stream) => connectSql({ ...login, stream }, session())),
  )
  expect(failure).toBeInstanceOf(TransientError)
})
