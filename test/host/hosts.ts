import {
  createHostPool,
  type HostAccess,
  type HostPool,
  type Session,
} from '../../src/host/index.ts'

/**
 * What the tests of this folder need again and again: a pool, and sessions whose log can be read.
 */
export const createTestHosts = () => {
  const pool: HostPool = createHostPool()
  const lines: string[] = []
  let keys = 0
  const session = (changes: Partial<Session> = {}): Session => ({
    log: (level, message) => lines.push(`${level} ${message}`),
    signal: new AbortController().signal,
    key: `test-${++keys}`,
    ...changes,
  })
  return {
    pool,
    lines,
    session,
    host: (access: HostAccess, changes: Partial<Session> = {}) =>
      pool.host(access, session(changes)),
  }
}

/** The error of something that must fail. */
export const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => {
      throw new Error(`it should have failed, but gave ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )
