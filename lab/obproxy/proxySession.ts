import type { Socket } from 'node:net'
import {
  authSwitchRequest,
  buildGreeting,
  buildLogin,
  checkAnswer,
  type Login,
  ownGreeting,
  parseLogin,
} from '../mysql/handshake.ts'
import { errorPayload, frame, framer, okPayload, type Packet } from '../mysql/packets.ts'
import { parseUserName } from '../mysql/userName.ts'
import { isPrivate } from './addresses.ts'
import { adminCommand } from './admin.ts'
import { serversOf } from './clusters.ts'
import { type Config, isOn } from './config.ts'
import { checkProxyUser, connectToAny, ProxyError, sqlError, type Upstream } from './upstream.ts'

export type Stats = { sessions: number; served: number }

let connections = 1

/**
 * One client: `root@proxysys` talks to the proxy itself, everybody else is passed to an observer of
 * the named cluster.
 */
export function proxySession(config: Config, stats: Stats, client: Socket): void {
  const greeting = ownGreeting('5.6.25', connections++)
  const waiting: Packet[] = []
  let wake: (() => void) | undefined
  const feed = framer((packet) => {
    waiting.push(packet)
    wake?.()
  })
  const next = async (): Promise<Packet> => {
    for (;;) {
      const packet = waiting.shift()
      if (packet) return packet
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  client.setNoDelay(true)
  client.on('error', () => client.destroy())
  client.on('data', feed)
  client.write(frame(0, buildGreeting(greeting)))
  stats.sessions += 1
  client.once('close', () => {
    stats.sessions -= 1
  })
  let sequence = 1
  const serve = async (): Promise<void> => {
    const first = await next()
    sequence = first.sequence
    const login = parseLogin(first.payload, greeting.capabilities)
    if (!login) throw new ProxyError(sqlError(1043, '08S01', 'Bad handshake'))
    if (parseUserName(login.user).tenant === 'proxysys') {
      checkAdmin(config, login, { scramble: greeting.scramble, from: client.remoteAddress ?? '' })
      client.write(frame(first.sequence + 1, okPayload()))
      for (;;) client.write(adminCommand(config, stats, (await next()).payload))
    }
    const { upstream, user } = await route(config, login.user)
    client.once('close', () => upstream.socket.destroy())
    client.write(frame(first.sequence + 1, authSwitchRequest(upstream.greeting.scramble)))
    const reply = await next()
    sequence = reply.sequence
    upstream.socket.write(frame(1, buildLogin({ ...login, user, auth: reply.payload })))
    const verdict = await upstream.next()
    client.off('data', feed)
    upstream.release()
    client.write(frame(reply.sequence + 1, verdict.payload))
    stats.served += 1
    client.pipe(upstream.socket)
    upstream.socket.pipe(client)
  }
  serve().catch((error: unknown) => {
    const sql =
      error instanceof ProxyError
        ? error.sql
        : sqlError(
            2013,
            'HY000',
            `obproxy: ${error instanceof Error ? error.message : String(error)}`,
          )
    client.end(frame(sequence + 1, errorPayload(sql)))
  })
}

/** Source: obproxy proxy/mysql/ob_mysql_client_session.cpp:1636, is_authorised_proxysys. */
function checkAdmin(
  { settings }: Config,
  login: Login,
  { scramble, from }: { scramble: Buffer; from: string },
): void {
  const sha1 = settings.obproxy_sys_password ?? ''
  const { user } = parseUserName(login.user)
  const right =
    sha1 === ''
      ? login.auth.length === 0
      : checkAnswer(login.auth, scramble, Buffer.from(sha1, 'hex'))
  const allowed = isOn(settings.skip_proxy_sys_private_check) || isPrivate(from)
  if (user !== 'root' || !right || !allowed)
    throw new ProxyError(
      sqlError(
        1045,
        '28000',
        `Access denied for user '${login.user}' (using password: ${login.auth.length > 0 ? 'YES' : 'NO'})`,
      ),
    )
}

/**
 * Finds an active server of the user's cluster, after proving that the proxy's own user gets in
 * there. Throws ProxyError.
 */
async function route(
  config: Config,
  fullName: string,
): Promise<{ upstream: Upstream; user: string }> {
  const name = parseUserName(fullName)
  const { settings } = config
  const cluster = name.cluster ?? settings.rootservice_cluster_name ?? ''
  if (cluster === '')
    throw new ProxyError(
      sqlError(4669, 'HY000', 'cluster not exist: the user name names none (user@tenant#cluster)'),
    )
  const servers = await serversOf(settings, cluster)
  if (servers.length === 0)
    throw new ProxyError(sqlError(4669, 'HY000', `cluster not exist: '${cluster}'`))
  await checkProxyUser(servers, cluster, settings.observer_sys_password ?? '')
  return {
    upstream: await connectToAny(servers),
    user: `${name.user}@${name.tenant ?? 'sys'}#${cluster}`,
  }
}
