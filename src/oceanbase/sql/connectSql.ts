import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import mysql, { type Connection } from 'mysql2/promise'
import { z } from 'zod'
import { DefiniteError, TransientError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import type { LogLine } from '../../host/index.ts'
import { type Quoted, withoutSecrets } from '../../quote.ts'
import { type RemoteCall, signals } from '../../signals.ts'
import type { Sql, SqlTarget } from './sql.ts'
import { sqlFailure } from './sqlFailure.ts'

export interface SqlOptions {
  readonly signal: AbortSignal
  readonly log: LogLine
  /** Milliseconds one statement may take; 1 minute unless told. */
  readonly timeoutMs?: number
}

const connectTimeoutMs = 10_000
const defaultTimeoutMs = 60_000
/** A dead server does not answer a goodbye. */
const closeTimeoutMs = 1_000

const rawRows = z.array(z.record(z.string(), z.unknown()))

const lowerCased = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))

/**
 * A server's words on a statement. It repeats some of what it could not read, and may stop in the
 * middle of a secret.
 */
const cleaned =
  ({ secrets }: Quoted) =>
  (text: string): string =>
    secrets.length === 0 ? text : withoutSecrets(text, secrets).replace(/ near '.*/s, '')

/**
 * Work on a connection; when the signal aborts, the connection is cut, since a session does one
 * thing at a time and cannot be asked to stop.
 */
const unlessAborted = async <T>(
  signal: AbortSignal,
  cut: () => void,
  work: () => Promise<T>,
): Promise<T> => {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => {
    cut()
    reject(signal.reason)
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

interface Opened {
  readonly connection: Connection
  /**
   * The driver's own `destroy` only says goodbye: a server that is silent keeps the socket, and the
   * process that wants to end.
   */
  readonly socket: Duplex
}

const open = async (target: SqlTarget, signal: AbortSignal): Promise<Opened> => {
  // Nothing is begun that nobody waits for: its failure would end the process.
  signal.throwIfAborted()
  const socket =
    target.stream ?? connect({ host: target.ip, port: target.port, keepAlive: true, noDelay: true })
  const logIn = () =>
    mysql.createConnection({
      stream: socket,
      user: target.username,
      password: target.password.reveal(),
      connectTimeout: connectTimeoutMs,
      // Statements go as text. The driver keeps a place for each it might prepare: 16,000 of them
      // are half a megabyte a session.
      maxPreparedStatements: 1,
      // A BIGINT that a number cannot hold comes as a string; times come as they are written.
      supportBigNumbers: true,
      dateStrings: true,
    })
  try {
    const connection = await unlessAborted(signal, () => socket.destroy(), logIn)
    // A connection lost while idle is told by the next statement.
    connection.on('error', () => undefined)
    return { connection, socket }
  } catch (error) {
    socket.destroy()
    if (signal.aborted) throw error
    throw sqlFailure(error, 'login', target, (text) => withoutSecrets(text, [target.password]))
  }
}

/**
 * Logs in. Refused, reset, silent or still initializing servers throw TransientError, a refused
 * password DefiniteError OBE12000, a refused statement SqlError.
 */
export const connectSql = async (
  target: SqlTarget,
  { signal, log, timeoutMs = defaultTimeoutMs }: SqlOptions,
): Promise<Sql> => {
  const ended = (title: string, outcome: RemoteCall['outcome'], begunAt: number): void =>
    signals.sql.send({
      address: `${target.ip}:${target.port}`,
      title,
      outcome,
      askedAt: begunAt,
      begunAt,
      endedAt: performance.now(),
    })
  const openedAt = performance.now()
  const { connection, socket } = await open(target, signal).then(
    (opened) => {
      ended('login', 'ok', openedAt)
      return opened
    },
    (error: unknown) => {
      const lost = signal.aborted || error instanceof TransientError
      ended('login', lost ? 'lost' : 'refused', openedAt)
      throw error
    },
  )
  const destroy = () => void socket.destroy()

  const send = async (statement: Quoted): Promise<unknown> => {
    const startedAt = performance.now()
    const shown = statement.shown.trim()
    const line = (outcome: string) =>
      `${target.ip}:${target.port} ${target.username}> ${shown}: ${outcome}, ${Math.round(performance.now() - startedAt)} ms`
    try {
      // The driver's own timer goes on when a connection is cut, and with it the process that wants
      // to end.
      const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const [answer] = await unlessAborted(ending, destroy, () => connection.query(statement.text))
      ended(shown, 'ok', startedAt)
      log('INFO', line('ok'))
      return answer
    } catch (error) {
      if (signal.aborted) {
        ended(shown, 'lost', startedAt)
        log('WARN', line('given up before it answered'))
        throw error
      }
      const failure = sqlFailure(error, `"${shown.slice(0, 200)}"`, target, cleaned(statement))
      // After a timeout the answer may still come: nothing else can be asked over this connection.
      if (failure instanceof TransientError) destroy()
      ended(shown, failure instanceof TransientError ? 'lost' : 'refused', startedAt)
      log('WARN', line(failure.message))
      throw failure
    }
  }

  return {
    rows: async (query, row) => {
      const parsed = z.array(row).safeParse(rawRows.parse(await send(query)).map(lowerCased))
      if (parsed.success) return parsed.data
      throw new DefiniteError({
        code: 'OBE10002',
        message: say`"${query.shown}" on ${target.ip} answered in an unknown form: ${z.prettifyError(parsed.error)}`,
        host: target.ip,
      })
    },
    run: async (statement) => {
      await send(statement)
    },
    close: async () => {
      if (socket.destroyed) return
      const timer = setTimeout(destroy, closeTimeoutMs)
      socket.once('close', () => clearTimeout(timer))
      await connection.end().catch(() => undefined)
    },
  }
}
