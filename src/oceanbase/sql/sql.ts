import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import { DefiniteError, TransientError } from '../../errors/failure.ts'
import type { Said } from '../../errors/say.ts'
import type { Quoted, Secret } from '../../quote.ts'

export type SqlUser = 'root' | 'rootEmpty' | 'ocp_monitor' | 'proxyro'

/** A session on one observer (or obproxy), as one user of the sys tenant. */
export interface Sql {
  /**
   * Rows of a query, each parsed; column names are matched in lower case, whatever the server's
   * spelling.
   */
  rows<Row>(query: Quoted, row: z.ZodType<Row>): Promise<Row[]>
  /** A statement without rows. */
  run(statement: Quoted): Promise<void>
  close(): Promise<void>
}

export interface SqlTarget {
  readonly ip: string
  readonly port: number
  /** MySQL user name, e.g. `root@sys` or `root@sys#terran`. */
  readonly username: string
  readonly password: Secret
  /** A connection that stands already; one to `ip` and `port` is made unless given. */
  readonly stream?: Duplex
}

/** The server's own no to a statement: asking again ends the same. */
export class SqlError extends DefiniteError {
  readonly errno: number
  constructor(errno: number, message: Said, host: string, options?: ErrorOptions) {
    super({ code: 'OBE10002', message, host }, options)
    this.errno = errno
  }
}

/** The server's own no to a statement, which passes by itself. */
export class PassingSqlError extends TransientError {
  readonly errno: number
  constructor(errno: number, reason: Said) {
    super(reason)
    this.errno = errno
  }
}

/** Nothing listens on the server's SQL port: its process is starting, or gone. */
export class NothingListens extends TransientError {}
