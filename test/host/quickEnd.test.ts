import { once } from 'node:events'
import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Secret, sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'

const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private

/** An SSH server that answers each command at once: that it was begun, what it said, its end. */
async function startServer(said: string, code: number) {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (login) => login.accept())
    client.on('session', (accept) =>
      accept().on('exec', (begin) => {
        const channel = begin()
        channel.stderr.write(said)
        channel.exit(code)
        channel.end()
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: z.object({ port: z.number() }).parse(server.address()).port,
    close: () => server.close(),
  }
}

test('a login shell that ends before it is sent anything is told by its exit code', async () => {
  const server = await startServer('sudo: a password is required\n', 1)
  const { pool, host } = createTestHosts()
  const login = { type: 'PASSWORD', secret: new Secret('any') } as const
  const target = host({ id: 1, ip: '127.0.0.1', sshPort: server.port, username: 'ops', login })
  const errors = []
  for (let times = 0; times < 20; times += 1) errors.push(await failureOf(target.run(sh`true`)))
  await pool.close()
  server.close()
  expect(errors).toEqual(
    errors.map(() =>
      expect.objectContaining({ kept: expect.objectContaining({ code: 'CRD08006' }) }),
    ),
  )
})
