import { once } from 'node:events'
import { createServer } from 'node:net'

/** A loopback port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const listening = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
