import { createHash } from 'node:crypto'
import { DefiniteError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { say } from '../errors/say.ts'
import { type Quoted, withoutSecrets } from '../quote.ts'
import { type SharedClock, sharedClock } from './clock.ts'
import { type Connection, createConnection } from './connection.ts'
import type { Host, HostAccess, HostPool, LogLine, RunOptions, Session } from './host.ts'
import type { HostKey } from './hostKey.ts'
import { createLimit } from './limit.ts'
import { overLoopback } from './loopback.ts'
import { lastLines } from './output.ts'
import { askInRounds } from './rounds.ts'
import { type Run, runScript } from './run.ts'
import { createSending } from './sending.ts'
import { whileWaiting } from './waiting.ts'

export interface PoolOptions {
  /** Receives what belongs to no subtask: connections made and lost. */
  readonly log?: LogLine
  readonly limits?: Partial<Limits>
}

export interface Limits {
  /**
   * Channels at a time on one connection; sshd's MaxSessions is 10 by default, and two are kept for
   * ending others.
   */
  readonly channels: number
  /** Connections being made at a time; a handshake costs both sides some 200 ms of CPU. */
  readonly connects: number
  /** Connections that stand at a time; one more waits until one is not used. */
  readonly connections: number
  /** Milliseconds without use after which a connection is closed. */
  readonly idleMs: number
  /**
   * Milliseconds that a host's login may take, and then its shell and sudo before a command begins.
   */
  readonly patienceMs: number
  /** Files being sent from here at a time, over all hosts; who waits may have it from another. */
  readonly uploads: number
  /** Whether it may: else each host is sent the file from here. */
  readonly handsOn: boolean
  /** Heavy commands at a time, over all hosts: their disks may be one. */
  readonly heavy: number
}

const defaultLimits: Limits = {
  channels: 8,
  connects: 16,
  connections: 256,
  idleMs: 30_000,
  patienceMs: 60_000,
  uploads: 4,
  handsOn: true,
  heavy: 16,
}
const defaultTimeoutMs = 5 * 60_000

/**
 * A login of its own has a connection of its own: a wrong password must not ride on another's
 * session.
 */
const connectionName = ({ ip, sshPort, username, login }: HostAccess): string =>
  `${ip}:${sshPort}:${username}:${createHash('sha256').update(login.secret.reveal()).digest('hex')}`

const titleOf = (script: Quoted): string =>
  script.shown.trim().split('\n', 1).join('').slice(0, 200)

/** The hosts of a worker, over SSH. Close it to end all connections. */
export const createHostPool = ({ log = () => undefined, limits }: PoolOptions = {}): HostPool => {
  const { channels, handsOn, idleMs, patienceMs, ...places } = { ...defaultLimits, ...limits }
  const connects = createLimit(places.connects)
  const open = createLimit(places.connections)
  const sending = createSending(places.uploads, { handsOn })
  const heavy = createLimit(places.heavy)
  const connections = new Map<string, Connection>()
  const clocks = new Map<string, SharedClock>()

  const connectionTo = (access: HostAccess): Connection => {
    const name = connectionName(access)
    const connection =
      connections.get(name) ??
      createConnection({ access, channels, connects, open, idleMs, patienceMs, log })
    connections.set(name, connection)
    return connection
  }

  const host = (
    access: HostAccess,
    session: Session,
    onHostKey?: (hostKey: HostKey) => Promise<void>,
  ): Host => {
    const place = { access, session, connection: connectionTo(access), patienceMs }
    const name = connectionName(access)
    const clock = clocks.get(name) ?? sharedClock()
    clocks.set(name, clock)
    let told: Promise<void> | undefined

    const known = async (): Promise<void> => {
      const { ip, sshPort, username } = access
      const seen = await whileWaiting(place.connection.hostKey(access, session.signal), (seconds) =>
        session.log(
          'INFO',
          `waiting for host ${ip}:${sshPort} to let ${username} log in, ${seconds} s so far`,
        ),
      )
      if (access.hostKey !== undefined && access.hostKeyType !== undefined) return
      told ??= onHostKey?.(seen)
      await told
    }

    const completed = (
      script: Quoted,
      { as = 'root', timeoutMs = defaultTimeoutMs, title = titleOf(script) }: RunOptions,
    ): Run => ({
      script,
      as,
      timeoutMs,
      title,
    })

    const run: Host['run'] = async (script, options = {}) => {
      await known()
      const work = () => runScript(place, completed(script, options))
      return options.heavy === true ? heavy(work, session.signal) : work()
    }

    const rounds: Host['rounds'] = async (command, times, title) => {
      await known()
      return askInRounds(place, command, times, title)
    }

    return {
      id: access.id,
      ip: access.ip,
      run,
      must: async (script, options = {}) => {
        const { code, stdout, stderr } = await run(script, options)
        if (code === 0) return stdout
        const said = lastLines(withoutSecrets(stderr || stdout, script.secrets))
        throw new DefiniteError({
          code: 'TSK10005',
          message: say`"${printed(options.title ?? titleOf(script))}" on host ${access.ip} failed with exit code ${code}: ${printed(said)}`,
          host: access.ip,
        })
      },
      rounds,
      clock: (times, notBefore) => clock({ rounds }, times, notBefore),
      upload: async (file) => {
        await known()
        return sending.bring(place, file)
      },
      overLoopback: async (port, use) => {
        await known()
        return overLoopback(place.connection, { port, signal: session.signal }, use)
      },
    }
  }

  return {
    host,
    close: async () => {
      await sending.close()
      await Promise.all([...connections.values()].map((connection) => connection.close()))
      connections.clear()
    },
  }
}
