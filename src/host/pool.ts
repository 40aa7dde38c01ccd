import type { HostPool, LogLine } from './host.ts'

export interface PoolOptions {
  /** Receives what belongs to no subtask: connections made and lost. */
  readonly log?: LogLine
  readonly limits?: Partial<Limits>
}

export interface Limits {
  /** Channels at a time on one connection; sshd's MaxSessions is 10 by default. */
  readonly channels: number
  /** Connections being made at a time. */
  readonly connects: number
  /** Files being sent at a time, over all hosts. */
  readonly uploads: number
}

/** The hosts of a worker, over SSH. Close it to end all connections. */
export const createHostPool = (_options: PoolOptions = {}): HostPool => {
  throw new Error('being written')
}
