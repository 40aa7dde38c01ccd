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
import { type FullUserName, parseUserName } from '../mysql/userName.ts'
import { bootstrap } from './bootstrap.ts'
import { isBootstrap, parseBootstrap } from './bootstrapStatement.ts'
import { isStarting, type Observer } from './observer.ts'
import { normalised } from './rewrite.ts'
import { call, openTunnel, parseAddress } from './rpc.ts'
import { initializing, Refusal, refusal } from './sqlErrors.ts'
import type { Cell, View } from './views/derived.ts'

let connections = 1

/**
 * A session on an observer that knows the core schema alone, as it is in no cluster yet or just
 * starting: root without password, a handful of statements, and BOOTSTRAP. Sources: oceanbase
 * src/share/schema/ob_multi_version_schema_service.cpp, init_sys_tenant_user_schema;
 * src/observer/mysql/obmp_connect.cpp, "accept system tenant for bootstrap".
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
    if (self.membership?.complete && !isStarting(self))
      return await goOn(self, client, login, packet, feed)
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
  if ((name.tenant ?? 'sys') !== 'sys') return initializing()
  if (name.user === 'root' && login.auth.length === 0) return undefined
  return deniedLogin(name.user, login)
}

export const deniedLogin = (user: string, login: Login | undefined): Refusal =>
  refusal(
    'accessDenied',
    `Access denied for user '${user}'@'xxx.xxx.xxx.xxx' (using password: ${login?.auth.length ? 'YES' : 'NO'})`,
  )

/** What is wrong with a user name's tenant and cluster on a server of a cluster. */
export function refuseName(self: Observer, { tenant, cluster }: FullUserName): Refusal | undefined {
  if (cluster !== undefined && cluster !== self.clusterName) return clusterMismatch(self)
  if ((tenant ?? 'sys') !== 'sys')
    return refusal('invalidTenant', 'invalid tenant name specified in connection string')
  return undefined
}

const clusterMismatch = (self: Observer): Refusal =>
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

/** What a server answers by itself, without any table. */
export function ownAnswer(self: Observer, statement: string): Buffer | undefined {
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
  return undefined
}

async function query(self: Observer, sql: string): Promise<Buffer> {
  const statement = normalised(sql)
  if (isBootstrap(statement)) {
    await bootstrap(self, parseBootstrap(statement, self.version.line))
    return frame(1, okPayload())
  }
  const own = ownAnswer(self, statement)
  if (own) return own
  const table = /\bFROM\s+[`]?(?:oceanbase[`]?\s*\.\s*[`]?)?([\w$]+)/i.exec(statement)
  if (self.membership?.complete && table?.[1]?.toLowerCase() === '__all_core_table')
    return await coreTableAnswer(self, self.membership.leader, statement)
  if (/^SELECT\b/i.test(statement) && table)
    throw refusal(
      'noSuchTable',
      `Table 'oceanbase.${(table[1] ?? '').toLowerCase()}' doesn't exist`,
    )
  throw initializing()
}

const coreMs = 2000

/**
 * The core table is part of the core schema; its rows are the leader's. Source: oceanbase
 * src/share/schema/ob_server_schema_service.cpp, fill_all_core_table_schema.
 */
async function coreTableAnswer(self: Observer, leader: string, statement: string): Promise<Buffer> {
  const to = parseAddress(leader)
  const { columns, rows } = await call<View>(
    to ?? { ip: self.ip, port: 0 },
    'core',
    null,
    coreMs,
  ).catch((error: unknown) => {
    throw error instanceof Refusal ? error : refusal('timeout', 'Timeout')
  })
  const asked = /^SELECT\s+([\w\s,]+?)\s+FROM\b/i.exec(statement)?.[1]?.split(/\s*,\s*/) ?? columns
  const wanted = rows.filter((row) =>
    Array.from(statement.matchAll(/(\w+)\s*=\s*'([^']*)'/g)).every(
      ([, name = '', value]) => row[name.toLowerCase()] === value,
    ),
  )
  return resultSet(
    [...asked],
    wanted.map((row) => asked.map((name) => textOf(row[name.toLowerCase()]))),
  )
}

const textOf = (cell: Cell | undefined): string | null =>
  cell === undefined || cell === null || typeof cell === 'object' ? null : String(cell)

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
  return new Promise<void>((resolve, reject) => {
    const onReply = framer(({ payload }) => {
      if (parseGreeting(payload))
        return void upstream.write(frame(1, buildLogin({ ...login, auth: Buffer.alloc(0) })))
      if (payload[0] !== 0x00) {
        // The leader is not there yet, or root has a password: this session cannot go on.
        client.end(frame(first.sequence + 1, errorPayload(initializing().sql)))
        upstream.destroy()
        return resolve()
      }
      upstream.off('data', onReply)
      client.off('data', feed)
      upstream.write(frame(first.sequence, first.payload))
      client.pipe(upstream)
      upstream.pipe(client)
      resolve()
    })
    upstream.on('data', onReply)
    upstream.on('close', () => {
      if (!client.writableEnded) client.destroy()
      reject(new Error('leader closed'))
    })
  })
}
