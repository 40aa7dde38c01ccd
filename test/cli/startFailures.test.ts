import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { holdDataDir } from '../../src/embedded/dataDir.ts'
import { StartError } from '../../src/errors/startError.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { startProgram } from '../support/program.ts'

/** Nobody listens there, and nobody may without being root. */
const nowhere = '127.0.0.1:1'
const password = randomBytes(9).toString('base64url')
const databaseUrl = `postgresql://zealot:${password}@${nowhere}/obflow`
const serve = ['src/cli.ts', 'serve']

const othersDir = join(tmpdir(), `obflow-others-${process.pid}`)

const failures: readonly {
  readonly what: string
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly said: string
}[] = [
  {
    what: 'an API without a database',
    words: ['src/server.ts'],
    env: {},
    said: 'an API of its own needs DATABASE_URL',
  },
  {
    what: 'a worker without a database',
    words: ['src/worker.ts'],
    env: {},
    said: 'a worker of its own needs DATABASE_URL',
  },
  ...['src/server.ts', 'src/worker.ts', 'src/cli.ts reseal'].map((program) => ({
    what: `${program} whose PostgreSQL does not answer`,
    words: program.split(' '),
    env: { DATABASE_URL: databaseUrl },
    said: `PostgreSQL (${nowhere}, database obflow, user zealot, of DATABASE_URL) cannot be used: connect ECONNREFUSED ${nowhere}`,
  })),
  {
    what: 'a wrong setting',
    words: ['src/server.ts'],
    env: { OBFLOW_LISTEN: 'here' },
    said: 'OBFLOW_LISTEN',
  },
  {
    what: 'a data directory in /proc',
    words: serve,
    env: { OBFLOW_DATA_DIR: '/proc/x' },
    said: '(OBFLOW_DATA_DIR) cannot be used',
  },
  {
    what: 'a data directory of another user',
    words: serve,
    env: { OBFLOW_DATA_DIR: othersDir },
    said: `the data directory ${othersDir} belongs to user 65534, and obflow runs as user ${process.geteuid?.()}`,
  },
  {
    what: 'a misspelled setting',
    words: ['src/worker.ts'],
    env: { OBFLOW_LISTN: 'x' },
    said: 'is OBFLOW_LISTEN meant?',
  },
  {
    what: 'a key of the wrong length',
    words: serve,
    env: { OBFLOW_KEY: 'short' },
    said: 'must be 32 bytes',
  },
]

describe('a program that cannot start ends with the reason and no stack', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'obflow-start-'))
    await placeEmptyDatabase(dir)
    await mkdir(othersDir)
    await chown(othersDir, 65_534, 65_534)
  })
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true })
    await rm(othersDir, { recursive: true, force: true })
  })

  const saidBy = async (
    [program = '', ...words]: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<string> => {
    const started = startProgram(
      program,
      { OBFLOW_DATA_DIR: dir, OBFLOW_ADMIN_PASSWORD: password, ...env },
      words,
    )
    try {
      expect(await started.ended).toBe(1)
      expect(started.said).not.toMatch(/^\s+at /m)
      expect(started.said).not.toContain(password)
      return started.said
    } finally {
      await started.close()
    }
  }

  it.each(failures)('$what', async ({ words, env, said }) =>
    expect(await saidBy(words, env)).toContain(said),
  )

  it('an address that somebody has', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    try {
      const said = await saidBy(serve, { OBFLOW_LISTEN: `127.0.0.1:${port}` })
      expect(said).toContain(`cannot listen at OBFLOW_LISTEN, 127.0.0.1:${port}: listen EADDRINUSE`)
    } finally {
      server.close()
    }
  })

  it('loses no password that it made up: it prints none, and the next start does', {
    timeout: 180_000,
  }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    const env = { OBFLOW_ADMIN_PASSWORD: '', OBFLOW_LISTEN: `127.0.0.1:${port}` }
    expect(await saidBy(serve, env)).not.toContain('First start')
    server.close()
    const started = startProgram('src/cli.ts', { OBFLOW_DATA_DIR: dir, ...env }, ['serve'])
    while (started.running && !started.said.includes('First start: user admin, password '))
      await pause(100)
    expect(started.running).toBe(true)
    expect(await started.stop()).toBe(0)
  })

  it('a data directory in which another obflow works; one that was released is free again', async () => {
    const own = join(dir, 'held')
    const release = await holdDataDir(own)
    expect(await saidBy(serve, { OBFLOW_DATA_DIR: own, OBFLOW_LISTEN: '127.0.0.1:0' })).toContain(
      `another obflow works in ${own}`,
    )
    await expect(holdDataDir(own)).rejects.toThrow(StartError)
    release()
    ;(await holdDataDir(own))()
  })
})
