import { createConnection, type Socket } from 'node:net'
import { answer, buildGreeting, buildLogin, parseGreeting, parseLogin } from '../mysql/handshake.ts'
import {
  errorPayload,
  frame,
  framer,
  maxPayload,
  okPayload,
  type Packet,
} from '../mysql/packets.ts'
import { parseUserName } from '../mysql/userName.ts'
import { followerSession, knownUsers } from './followerSession.ts'
import { isLeader, isStarting, type Observer } from './observer.ts'
import { preSession, refuseName } from './preSession.ts'
import { type Address, openTunnel, parseAddress } from './rpc.ts'
import { initializing, Refusal, refusal } from './sqlErrors.ts'
import { decide } from './statements.ts'
import { stage1Of } from './users.ts'

/**
 * A client came to the SQL port: a session on the core schema, the leader's own front, or that of a
 * server that does not lead.
 */
export function acceptSql(self: Observer, client: Socket): void {
  client.setNoDelay(true)
  const leader = parseAddress(self.membership?.leader ?? '')
  if (!self.membership?.complete || !leader || isStarting(self)) preSession(self, client)
  else if (isLeader(self)) relaySession(self, client)
  else {
    client.on('error', () => client.destroy())
    void knownUsers(self, leader).then((users) =>
      users
        ? followerSession(self, client, { leader, users })
        : tunnelSession(self, client, leader),
    )
  }
}

/** Of a standby cluster, whose users are the primary's: the connection is the leader's. */
function tunnelSession(self: Observer, client: Socket, leader: Address): void {
  const upstream = openTunnel(leader)
  let reached = false
  upstream.once('data', () => {
    reached = true
  })
  upstream.on('error', (error) => {
    client.unpipe(upstream)
    if (reached) client.destroy()
    else refuse(client, 0, refusal('timeout', 'Timeout'))
    self.log(
      'WARN',
      'SERVER',
      `leader ${self.membership?.leader} not reachable: ${error.message}`,
      { ret: -4012 },
    )
  })
  client.on('error', () => upstream.destroy())
  client.on('close', () => upstream.destroy())
  client.pipe(upstream)
  upstream.pipe(client)
}

function refuse(client: Socket, sequence: number, error: Refusal): void {
  client.on('error', () => client.destroy())
  client.end(frame(sequence, errorPayload(error.sql)))
  client.resume()
}

const comQuery = 0x03
const comPrepare = 0x16

/**
 * Relays between a client and the kernel; reads the greeting, the login and the text of queries,
 * and touches nothing else. A login that a follower vouches for is let in although its password has
 * just changed.
 */
export function relaySession(self: Observer, client: Socket, vouched = false): void {
  const source = self.cluster && self.kernel
  if (!source) {
    refuse(client, 0, initializing())
    return
  }
  const kernel = createConnection({ host: source.ip, port: source.port, noDelay: true })
  const end = (): void => {
    client.destroy()
    kernel.destroy()
  }
  for (const socket of [client, kernel]) socket.on('error', end)
  // end(), not destroy(): the kernel's last words, such as ERROR 1045, must still reach the client.
  kernel.on('close', () => client.end())
  client.on('close', () => kernel.destroy())
  let user = ''
  let offered = 0
  let scramble: Buffer = Buffer.alloc(0)
  let accepted = false
  let queue: Promise<void> = Promise.resolve()

  const fromKernel = framer(({ sequence, payload }) => {
    const greeting = sequence === 0 ? parseGreeting(payload) : undefined
    if (greeting) {
      offered = greeting.capabilities
      scramble = greeting.scramble
      return void client.write(
        frame(0, buildGreeting({ ...greeting, serverVersion: self.version.mysqlVersion })),
      )
    }
    client.write(frame(sequence, payload))
    if (payload[0] !== 0x00) return
    accepted = true
    kernel.off('data', fromKernel)
    kernel.pipe(client)
  })
  const login = ({ sequence, payload }: Packet): void => {
    const parsed = user === '' ? parseLogin(payload, offered) : undefined
    const name = parseUserName(parsed?.user ?? '')
    const refused = parsed ? refuseName(self, name) : undefined
    if (refused) refuse(client, sequence + 1, refused)
    else if (!parsed) kernel.write(frame(sequence, payload))
    else {
      user = name.user
      // The kernel knows tenants but no clusters in a user name.
      const stage1 = vouched ? stage1Of(self, name.user) : undefined
      const auth = stage1 ? answer(stage1, scramble) : parsed.auth
      kernel.write(frame(sequence, buildLogin({ ...parsed, auth, user: `${name.user}@sys` })))
    }
  }
  const command = async ({ sequence, payload }: Packet): Promise<void> => {
    const code = payload[0]
    const reads =
      sequence === 0 && payload.length < maxPayload && (code === comQuery || code === comPrepare)
    if (!reads) return void kernel.write(frame(sequence, payload))
    try {
      const decision = await decide(self, user, payload.toString('utf8', 1))
      if (decision.kind === 'pass') kernel.write(frame(0, payload))
      else if (decision.kind === 'ok') client.write(frame(1, okPayload()))
      else
        kernel.write(frame(0, Buffer.concat([payload.subarray(0, 1), Buffer.from(decision.sql)])))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      client.write(frame(1, errorPayload(error.sql)))
    }
  }
  client.on(
    'data',
    framer((packet) => {
      queue = queue.then(() => (accepted ? command(packet) : login(packet))).catch(end)
    }),
  )
  kernel.on('data', fromKernel)
}
