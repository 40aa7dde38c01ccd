import type { Socket } from 'node:net'
import {
  buildGreeting,
  buildLogin,
  type Login,
  ownGreeting,
  parseGreeting,
  parseLogin,
} from '../mysql/handshake.ts'
import { errorPayload, frame, framer, okPayload, type Packet } from '../mysql/packets.ts'
import { resultSet } from '../mysql/resultSet.ts'
import { parseUserName } from '../mysql/userName.ts'
import { bootstrap } from './bootstrap.ts'
import { isBootstrap, parseBootstrap } from './bootstrapStatement.ts'
import type { Observer } from './observer.ts'
import { normalised } from './rewrite.ts'
import { openTunnel, parseAddress } from './rpc.ts'
import { initializing, Refusal, refusal } from './sqlErrors.ts'

let connections = 1

/**
 * A session on an observer that is in no cluster yet: root without password, a handful of
 * statements, and BOOTSTRAP.
 */
export function preSession(self: Observer, client: Socket): void {
  const greeting = ownGreeting(self.version.mysqlVersion, connections++)
  let login: Login | undefined
  let queue: Promise<void> = Promise.resolve()
  const onPacket = async (packet: Packet): Promise<void> => {
    if (!login) {
      login = parseLogin(packet.payload, greeting.capabilities)
      const refused = login ? refuseLogin(self, login) : refusal('accessDenied', 'Access denied')
      client.write(frame(packet.sequence + 1, refused ? errorPayload(refused.sql) : okPayload()))
      if (refused) client.end()
      return
    }
    if (self.membership?.complete) return await goOn(self, client, login, packet, feed)
    await command(self, client, packet)
  }
  const feed = framer((packet) => {
    queue = queue.then(() => onPacket(packet)).catch(() => void client.destroy())
  })
  client.on('error', () => client.destroy())
  client.on('data', feed)
  client.write(frame(0, buildGreeting(greeting)))
}

function refuseLogin(self: Observer, login: Login): Refusal | undefined {
  const name = parseUserName(login.user)
  if (name.cluster !== undefined && name.cluster !== self.clusterName) return clusterMismatch(self)
  if (name.user === 'root' && (name.tenant ?? 'sys') === 'sys' && login.auth.length === 0)
    return undefined
  return refusal(
    'accessDenied',
    `Access denied for user '${name.user}'@'xxx.xxx.xxx.xxx' (using password: ${login.auth.length > 0 ? 'YES' : 'NO'})`,
  )
}

export const clusterMismatch = (self: Observer): Refusal =>
  refusal('clusterNoMatch', `cluster name does not match, expected '${self.clusterName}'`)

async function command(self: Observer, client: Socket, { payload }: Packet): Promise<void> {
  const code = payload[0]
  if (code === 0x01) return void client.end()
  try {
    client.write(
      code === 0x03 ? await query(self, payload.toString('utf8', 1)) : frame(1, okPayload()),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    client.write(frame(1, errorPayload(error.sql)))
  }
}

async function query(self: Observer, sql: string): Promise<Buffer> {
  const statement = normalised(sql)
  if (isBootstrap(statement)) {
    await bootstrap(self, parseBootstrap(statement, self.version.line))
    return frame(1, okPayload())
  }
  if (/^(SET|ROLLBACK|COMMIT|BEGIN)\b/i.test(statement)) return frame(1, okPayload())
  const one =
    /^SELECT\s+(1|version\s*\(\s*\)|@@version|@@version_comment|@@\S+)(?:\s+(?:AS\s+)?(\w+))?(\s+LIMIT\s+1)?$/i.exec(
      statement,
    )
  if (one) {
    const what = one[1] ?? '1'
    return resultSet(
      [one[2] ?? what],
      [[/version/i.test(what) ? self.version.mysqlVersion : what === '1' ? '1' : null]],
    )
  }
  if (/^SHOW\s+(?:\w+\s+)?VARIABLES\b/i.test(statement))
    return resultSet(['Variable_name', 'Value'], [['version', self.version.mysqlVersion]])
  const table = /\bFROM\s+[`]?(?:oceanbase[`]?\s*\.\s*[`]?)?([\w$]+)/i.exec(statement)
  if (/^SELECT\b/i.test(statement) && table)
    throw refusal(
      'noSuchTable',
      `Table 'oceanbase.${(table[1] ?? '').toLowerCase()}' doesn't exist`,
    )
  throw initializing()
}

/**
 * The cluster came up under this session: the login is repeated at the leader and the connection
 * becomes a tunnel.
 */
function goOn(
  self: Observer,
  client: Socket,
  login: Login,
  first: Packet,
  feed: (chunk: Buffer) => void,
): Promise<void> {
  const leader = parseAddress(self.membership?.leader ?? '')
  if (!leader) throw initializing()
  const upstream = openTunnel(leader)
  upstream.on('error', () => client.destroy())
  client.pause()
  return new Promise((resolve, reject) => {
    const onReply = framer(({ payload }) => {
      if (parseGreeting(payload))
        return void upstream.write(frame(1, buildLogin({ ...login, auth: Buffer.alloc(0) })))
      if (payload[0] !== 0x00) return reject(new Error('the kernel did not let the session in'))
      upstream.off('data', onReply)
      client.off('data', feed)
      upstream.write(frame(first.sequence, first.payload))
      client.pipe(upstream)
      upstream.pipe(client)
      resolve()
    })
    upstream.on('data', onReply)
    upstream.on('close', () => {
      client.destroy()
      reject(new Error('leader closed'))
    })
  })
}
