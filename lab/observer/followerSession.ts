import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  answer,
  buildGreeting,
  buildLogin,
  type Login,
  ownGreeting,
  parseGreeting,
  parseLogin,
} from '../mysql/handshake.ts'
import { errorPayload, frame, framer, okPayload, type Packet } from '../mysql/packets.ts'
import { parseUserName } from '../mysql/userName.ts'
import type { Observer } from './observer.ts'
import { deniedLogin, ownAnswer, refuseName } from './preSession.ts'
import { normalised } from './rewrite.ts'
import { type Address, call, openTunnel } from './rpc.ts'
import { type Refusal, refusal } from './sqlErrors.ts'
import { proved, type Users } from './users.ts'

const rpcMs = 1000
const retryMs = 300
/** ob_query_timeout. Source: oceanbase src/share/system_variable/ob_system_variable_init.json. */
const queryTimeoutMs = 10_000

let connections = 1

/** Asks the leader for the users of the cluster; null where users are not the cluster's own. */
export const askForUsers = (leader: Address): Promise<Users | null> =>
  call<Users | null>(leader, 'users', null, rpcMs)

/**
 * Users as this server knows them. A lost leader takes nothing away: they are in the schema, which
 * each server has. Source: oceanbase src/observer/mysql/obmp_connect.cpp, load_privilege_info.
 */
export async function knownUsers(self: Observer, leader: Address): Promise<Users | null> {
  try {
    self.knownUsers = await askForUsers(leader)
  } catch {
    // As it was known last.
  }
  return self.knownUsers ?? null
}

/**
 * A session on a server that does not lead: it lets in by its own schema, and what needs a table
 * waits for the leader until the query's time is up. Source: oceanbase
 * src/observer/mysql/ob_query_retry_ctrl.cpp.
 */
export function followerSession(
  self: Observer,
  client: Socket,
  { leader, users }: { readonly leader: Address; readonly users: Users },
): void {
  const greeting = ownGreeting(self.version.mysqlVersion, connections++)
  let session: { login: Login; stage1?: Buffer } | undefined
  let timeoutMs = queryTimeoutMs
  let queue: Promise<void> = Promise.resolve()

  const refuse = (sequence: number, { sql }: Refusal): void =>
    void client.end(frame(sequence, errorPayload(sql)))

  const logIn = async ({ sequence, payload }: Packet): Promise<void> => {
    const login = parseLogin(payload, greeting.capabilities)
    const name = parseUserName(login?.user ?? '')
    const refused = refuseName(self, name)
    if (refused) return refuse(sequence + 1, refused)
    const proof = login && proved(users, name.user, login.auth, greeting.scramble)
    if (!proof) return refuse(sequence + 1, deniedLogin(name.user, login))
    session = { login, ...proof }
    const outcome = await handOver(session)
    if (outcome === 'unreachable') client.write(frame(sequence + 1, okPayload()))
    else if (outcome.refused) client.end(frame(sequence + 1, outcome.refused))
    else client.write(frame(sequence + 1, okPayload()))
  }

  /** Repeats the login at the leader and makes the connection a tunnel, beginning with `first`. */
  const handOver = (
    { login, stage1 }: { login: Login; stage1?: Buffer },
    first?: Packet,
  ): Promise<'unreachable' | { refused?: Buffer }> =>
    new Promise((resolve) => {
      const upstream = openTunnel(leader, { vouched: true })
      let greeted = false
      let joined = false
      const giveUp = (): void => {
        if (joined) return void client.destroy()
        upstream.destroy()
        resolve('unreachable')
      }
      const timer = setTimeout(giveUp, rpcMs)
      const onReply = framer(({ payload }) => {
        const greetingOfLeader = greeted ? undefined : parseGreeting(payload)
        if (greetingOfLeader) {
          greeted = true
          const auth = stage1 ? answer(stage1, greetingOfLeader.scramble) : Buffer.alloc(0)
          return void upstream.write(frame(1, buildLogin({ ...login, auth })))
        }
        clearTimeout(timer)
        if (payload[0] !== 0x00) {
          upstream.destroy()
          // A leader that starts says so in place of a greeting.
          return resolve(greeted ? { refused: payload } : 'unreachable')
        }
        joined = true
        upstream.off('data', onReply)
        client.off('data', feed)
        if (first) upstream.write(frame(first.sequence, first.payload))
        resolve({})
        client.pipe(upstream)
        upstream.pipe(client)
      })
      upstream.on('data', onReply)
      upstream.on('error', () => {
        clearTimeout(timer)
        giveUp()
      })
      upstream.on('close', () => {
        clearTimeout(timer)
        if (joined) client.end()
        else giveUp()
      })
      client.on('close', () => upstream.destroy())
    })

  const command = async (packet: Packet): Promise<void> => {
    if (!session) return
    const { payload } = packet
    if (payload[0] === 0x01) return void client.end()
    const statement = payload[0] === 0x03 ? normalised(payload.toString('utf8', 1)) : ''
    const [, micros] = /^SET\s+SESSION\s+ob_query_timeout\s*=\s*(\d+)$/i.exec(statement) ?? []
    if (micros) timeoutMs = Number(micros) / 1000
    const own = payload[0] === 0x03 ? ownAnswer(self, statement) : frame(1, okPayload())
    if (own) return void client.write(own)
    const end = Date.now() + timeoutMs
    do {
      const outcome = await handOver(session, packet)
      if (outcome !== 'unreachable') {
        if (outcome.refused) client.end(frame(packet.sequence + 1, outcome.refused))
        return
      }
      await delay(retryMs)
    } while (Date.now() < end && !client.destroyed)
    const words = `Timeout, query has reached the maximum query timeout: ${timeoutMs * 1000}(us), maybe you can adjust the session variable ob_query_timeout or query_timeout hint, and try again.`
    client.write(frame(packet.sequence + 1, errorPayload(refusal('timeout', words).sql)))
  }

  const feed = framer((packet) => {
    queue = queue
      .then(() => (session ? command(packet) : logIn(packet)))
      .catch(() => void client.destroy())
  })
  client.on('error', () => client.destroy())
  client.on('data', feed)
  client.write(frame(0, buildGreeting(greeting)))
}
