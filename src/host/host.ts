import type { Duplex } from 'node:stream'
import type { Quoted, Secret } from '../quote.ts'
import type { ClockOffset } from './clock.ts'
import type { HostKey } from './hostKey.ts'

/** How to reach a host: what the store knows of it, password or key included. */
export interface HostAccess {
  readonly id: number
  readonly ip: string
  readonly sshPort: number
  readonly username: string
  readonly login: { readonly type: 'PASSWORD' | 'PRIVATE_KEY'; readonly secret: Secret }
  /**
   * SHA-256 of the host key seen first (base64, as `ssh-keygen -l` prints it); another key is
   * refused. Absent: pin what is seen.
   */
  readonly hostKey?: string
  /**
   * Its type, e.g. `ssh-rsa`: a host that has keys of several types is asked for this one first.
   * Absent: not known yet.
   */
  readonly hostKeyType?: string
}

/** Receives what was done on a host, one line an event, never a secret. */
export type LogLine = (level: 'INFO' | 'WARN' | 'ERROR', message: string) => void

/** What a subtask gives to everything it does on hosts. */
export interface Session {
  readonly log: LogLine
  readonly signal: AbortSignal
  /**
   * Names the remote processes of this subtask, so that a second attempt finds and ends those of
   * the first.
   */
  readonly key: string
}

export interface RunOptions {
  /** OS user that runs it; `root` unless told (through sudo when the login is another user). */
  readonly as?: string
  /** Milliseconds; 5 minutes unless told. */
  readonly timeoutMs?: number
  /** What the log calls it; the command's first line unless told. */
  readonly title?: string
  /** Loads the host's disk: few of these run at a time. */
  readonly heavy?: boolean
}

export interface Output {
  readonly code: number
  /** Bounded to 1 MiB; the middle of what is longer is left out. */
  readonly stdout: string
  readonly stderr: string
}

export interface Upload {
  readonly from: string
  readonly to: string
  /** Lower-case hex SHA-256 that the file must have on the host afterwards. */
  readonly sha256: string
  readonly sizeBytes: number
  readonly progress?: (sentBytes: number) => void
  /** Whether it is there whole, where somebody has looked a moment ago. */
  readonly there?: boolean
  /** A script for root that runs once the file is there, in the same session when it is sent. */
  readonly afterwards?: {
    readonly script: Quoted
    readonly title: string
    readonly timeoutMs: number
  }
}

/** One answer of a command that is asked several times, and when. */
export interface Round {
  readonly answer: string
  readonly tookMs: number
  /**
   * The middle of the round trip, in milliseconds since 1970 by this machine's clock as it is now.
   */
  readonly midEpochMs: number
}

/**
 * A host under one subtask. Scripts travel on standard input, never in argv. A lost connection, a
 * refused or silent host throws TransientError; a non-zero exit is an answer (`run`) or a
 * DefiniteError with the end of stderr as its cause (`must`).
 */
export interface Host {
  readonly id: number
  readonly ip: string
  run(script: Quoted, options?: RunOptions): Promise<Output>
  /** Standard output of a script that must succeed. */
  must(script: Quoted, options?: RunOptions): Promise<string>
  /** What a command that prints one line answers, asked `times` times in one session as root. */
  rounds(command: Quoted, times: number, title: string): Promise<Round[]>
  /**
   * How far its clock is ahead of this machine's. `notBefore` (of `performance.now()`): one that
   * another subtask began to measure later is shared.
   */
  clock(times: number, notBefore: number): Promise<ClockOffset>
  /**
   * Streams a file to the host under a temporary name, verifies it as it comes and moves it into
   * place; one that is there already is not sent. Gives the answer of what runs then.
   */
  upload(file: Upload): Promise<Output>
  /**
   * Works over a connection to a port of the host's loopback: the program there sees a client of
   * its own host. A port where nothing listens shows as a stream that ends at once.
   */
  overLoopback<T>(port: number, use: (stream: Duplex) => Promise<T>): Promise<T>
}

/** One multiplexed connection per host, shared by all subtasks of a worker. */
export interface HostPool {
  /**
   * Binds a host to a subtask; connects on first use. `onHostKey` gets the key of a host that had
   * none pinned, or not its type.
   */
  host(access: HostAccess, session: Session, onHostKey?: (hostKey: HostKey) => Promise<void>): Host
  close(): Promise<void>
}
