import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientChannel } from 'ssh2'
import { z } from 'zod'
import { TransientError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import { handshake, type Link } from './handshake.ts'
import type { HostAccess, LogLine } from './host.ts'
import { type HostKey, isKnownBy } from './hostKey.ts'
import { createLimit, createTurns, type Limit } from './limit.ts'

/** One host's shared connection: made on first use, made again after it was lost. */
export interface Connection {
  /**
   * What the host proved to be, connecting when need be. `access` says by which key it is known
   * now; a connection that was made when it was known by another ends first.
   */
  hostKey(access: HostAccess, signal: AbortSignal): Promise<HostKey>
  /**
   * Starts a command and hands its channel to `use`; waits while all places are taken. `urgent`
   * commands (those that end others) have places of their own. A lost or refused channel throws
   * TransientError.
   */
  exec<T>(
    command: string,
    use: (channel: ClientChannel) => Promise<T>,
    options: ExecOptions,
  ): Promise<T>
  /** Work of one name never overlaps on this host. */
  readonly inTurn: <T>(name: string, work: () => Promise<T>) => Promise<T>
  close(): Promise<void>
}

export interface ExecOptions {
  readonly signal: AbortSignal
  readonly urgent?: boolean
}

/** sshd's MaxSessions is 10 by default: what the ordinary places leave over. */
const urgentPlaces = 2

/**
 * How sshd refuses a channel beyond its MaxSessions. It counts one that has ended until it has
 * cleaned up after it, and an operator may have set it below 10: the channel is asked for again,
 * for 5 seconds in all. Source: RFC 4254 section 5.1.
 */
const connectFailed = z.object({ reason: z.literal(2) })
const askAgainMs = 100
const askAgainTimes = 50

/** A promise, unless the signal comes first; what it was waiting for goes on for the others. */
const unless = <T>(signal: AbortSignal, promise: Promise<T>): Promise<T> => {
  const { promise: raced, resolve, reject } = Promise.withResolvers<T>()
  const aborted = () => reject(signal.reason)
  if (signal.aborted) aborted()
  signal.addEventListener('abort', aborted, { once: true })
  promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  return raced
}

const openChannel = ({ client }: Link, ip: string, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const lost = (error?: Error) =>
      reject(
        new TransientError(
          say`host ${ip} opened no channel: ${error?.message ?? say`the connection was lost`}`,
          { cause: error },
        ),
      )
    const closed = () => lost()
    client.once('close', closed)
    try {
      client.exec(command, (error, channel) => {
        client.off('close', closed)
        if (error) lost(error)
        else resolve(channel)
      })
    } catch (error) {
      client.off('close', closed)
      lost(error instanceof Error ? error : undefined)
    }
  })

/**
 * Asks again while the host refuses only for now. A waiting call holds a place, so that a host with
 * few of them is not flooded.
 */
const openedChannel = async (
  link: Link,
  ip: string,
  command: string,
  signal: AbortSignal,
): Promise<ClientChannel> => {
  for (let asked = 1; ; asked += 1) {
    try {
      return await openChannel(link, ip, command)
    } catch (error) {
      const forNow = error instanceof TransientError && connectFailed.safeParse(error.cause).success
      if (!forNow || asked > askAgainTimes) throw error
      await unless(signal, sleep(askAgainMs))
    }
  }
}

export interface ConnectionOptions {
  readonly access: HostAccess
  readonly channels: number
  /** Handshakes of a pool, and its connections that stand. */
  readonly connects: Limit
  readonly open: Limit
  /** Milliseconds without use after which it is closed; at once when another waits to be opened. */
  readonly idleMs: number
  /** Milliseconds that a login may take. */
  readonly patienceMs: number
  readonly log: LogLine
}

export const createConnection = (options: ConnectionOptions): Connection => {
  const { access, channels, connects, open, idleMs, patienceMs, log } = options
  const places = createLimit(channels)
  const urgent = createLimit(urgentPlaces)
  let current: Promise<Link> | undefined
  let known = access
  let ended = false
  let users = 0
  let idle: NodeJS.Timeout | undefined

  const shakeHands = async (): Promise<Link> => {
    const link = await connects(() => handshake(known, patienceMs))
    link.client.setMaxListeners(0)
    link.client.on('error', (error) => log('WARN', `connection to ${access.ip}: ${error.message}`))
    log(
      'INFO',
      `connected to ${access.username}@${access.ip}:${access.sshPort}, host key ${link.hostKey.sha256} (${link.hostKey.type})`,
    )
    return link
  }

  /**
   * The place among the open ones is held until the connection is closed, which `gone` hears first.
   */
  const connect = (gone: () => void): Promise<Link> =>
    new Promise((resolve, reject) => {
      const standing = open(async () => {
        const link = await shakeHands()
        await new Promise<void>((closed) => {
          link.client.once('close', () => {
            gone()
            log('INFO', `connection to ${access.ip} closed`)
            closed()
          })
          resolve(link)
        })
      })
      standing.catch(reject)
    })

  const closeIdle = async (): Promise<void> => {
    const link = await current?.catch(() => undefined)
    if (!link || users > 0) return
    current = undefined
    link.client.end()
  }

  const used = async <T>(work: () => Promise<T>): Promise<T> => {
    clearTimeout(idle)
    users += 1
    try {
      return await work()
    } finally {
      users -= 1
      if (users === 0) idle = setTimeout(closeIdle, open.crowded() ? 0 : idleMs).unref()
    }
  }

  const attempted = (): Promise<Link> => {
    if (ended) throw new TransientError(say`the connection to host ${access.ip} was closed here`)
    if (current) return current
    const gone = (): void => {
      if (current === attempt) current = undefined
    }
    const attempt = connect(gone)
    current = attempt
    attempt.catch(gone)
    return attempt
  }

  /**
   * An attempt that another began may fail of what is over by now: who joined it makes another one.
   */
  const linked = async (signal: AbortSignal): Promise<Link> => {
    const joined = current !== undefined
    try {
      return await unless(signal, attempted())
    } catch (error) {
      if (!joined || signal.aborted || !(error instanceof TransientError)) throw error
      return unless(signal, attempted())
    }
  }

  return {
    hostKey: (access, signal) =>
      used(async () => {
        known = access
        const link = await linked(signal)
        if (isKnownBy(access, link.hostKey)) return link.hostKey
        current = undefined
        link.client.end()
        return (await linked(signal)).hostKey
      }),
    exec: (command, use, { signal, urgent: hurry = false }) =>
      used(() =>
        (hurry ? urgent : places)(async () => {
          const link = await linked(signal)
          return use(await openedChannel(link, access.ip, command, signal))
        }, signal),
      ),
    inTurn: createTurns(),
    close: async () => {
      ended = true
      clearTimeout(idle)
      const link = await current?.catch(() => undefined)
      if (!link || !current) return
      const closed = new Promise<void>((resolve) => link.client.once('close', () => resolve()))
      link.client.end()
      await closed
    },
  }
}
