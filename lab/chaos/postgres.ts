import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { claimPort } from '../ports/claim.ts'

export interface Postgres {
  readonly url: string
  /** Ends it at once, sessions and all, and starts it again. */
  restart(): Promise<void>
  /** The first half of `restart`, and the second. */
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

const run = promisify(execFile)

/**
 * A PostgreSQL of its own in `dir`, on loopback. PostgreSQL refuses to run as root, so it runs as
 * Debian's user `postgres`.
 */
export async function startPostgres(dir: string): Promise<Postgres> {
  const bin = globSync('/usr/lib/postgresql/*/bin').at(-1)
  if (!bin) throw new Error('no PostgreSQL on this machine: apt-get install postgresql')
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  )
  if (uid === undefined || gid === undefined) throw new Error('no user postgres')
  mkdirSync(dir, { recursive: true })
  chownSync(dir, uid, gid)
  const data = join(dir, 'data')
  const asPostgres = ['-u', 'postgres', '--']
  await run('runuser', [
    ...asPostgres,
    join(bin, 'initdb'),
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'obflow',
    '--no-sync',
  ])
  const port = await claimPort()
  const url = `postgres://obflow@127.0.0.1:${port}/postgres`
  const begin = async () => {
    const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig', 'KILL']
    const server = spawn(
      'setpriv',
      [
        ...identity,
        join(bin, 'postgres'),
        '-D',
        data,
        '-p',
        String(port),
        '-k',
        dir,
        '-h',
        '127.0.0.1',
      ],
      {
        stdio: 'ignore',
      },
    )
    for (;;) {
      const client = new Client(url)
      const up = await client.connect().then(
        () => true,
        () => false,
      )
      await client.end().catch(() => undefined)
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
      if (up) return server
      await sleep(50)
    }
  }
  const end = async (mode: 'immediate' | 'fast'): Promise<void> => {
    await run('runuser', [...asPostgres, join(bin, 'pg_ctl'), 'stop', '-D', data, '-m', mode])
  }
  let server = await begin()
  const stop = async (): Promise<void> => {
    const exited = once(server, 'exit')
    await end('immediate')
    await exited
  }
  const start = async (): Promise<void> => {
    server = await begin()
  }
  return {
    url,
    async restart() {
      await stop()
      await start()
    },
    stop,
    start,
    async close() {
      if (server.exitCode === null && server.signalCode === null) await end('fast')
    },
  }
}
