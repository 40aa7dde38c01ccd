import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { ownerIn, peerOwners } from '../../src/embedded/peer.ts'

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (state: string, uid: number, inode: number) =>
  `   5: 0100007F:A2C4 0100007F:1C41 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0 20 4 30 10 -1\n`
/** A connection as the server sees it: 127.0.0.1:7233 from 127.0.0.1:41668. */
const socket = {
  localAddress: '127.0.0.1',
  localPort: 7233,
  remoteAddress: '127.0.0.1',
  remotePort: 41_668,
}

it('tells the user at the other end of a connection', () => {
  expect(ownerIn(header + row('01', 1000, 77), socket)).toBe(1000)
})

it('takes a connection that its process has closed for nobody, though the kernel shows it as root', () => {
  expect(ownerIn(header + row('06', 0, 0), socket)).toBeUndefined()
  expect(ownerIn(header + row('05', 0, 0), socket)).toBeUndefined()
  expect(ownerIn(header + row('01', 0, 0), socket)).toBeUndefined()
})

it('takes no other connection for it', () => {
  expect(ownerIn(header + row('01', 0, 77), { ...socket, remotePort: 41_669 })).toBeUndefined()
})

it('knows the user of real connections, of many at once', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using table = await open('/proc/self/net/tcp')
  const ownerOf = peerOwners(table.fd)
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const owners: Promise<number | undefined>[] = []
  server.on('connection', (each: Socket) => owners.push(ownerOf(each)))
  const clients = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  await Promise.all(clients.map((client) => once(client, 'connect')))
  while (owners.length < clients.length) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await Promise.all(owners)).toEqual(clients.map(() => process.geteuid?.()))
})
