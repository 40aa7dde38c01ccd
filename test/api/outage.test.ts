import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Postgres, startPostgres } from '../../lab/chaos/postgres.ts'
import { claimPort } from '../../lab/ports/claim.ts'
import { startTemporalServer, type TemporalServer } from '../../src/embedded/temporalServer.ts'
import { type Program, startProgram } from '../support/program.ts'
import { basic } from './server.ts'

const reply = z.looseObject({
  data: z.unknown().optional(),
  error: z.object({ code: z.string() }).optional(),
  status: z.number(),
  successful: z.boolean(),
})
const withId = z.object({ id: z.number() })
const task = z.object({
  status: z.string(),
  subtasks: z.array(
    z.object({
      status: z.string(),
      runTime: z.number(),
      error: z.object({ code: z.string() }).optional(),
    }),
  ),
})
const total = z.object({ page: z.object({ totalElements: z.number() }) })

/** Looks every 100 ms until it is so; the test's own timeout ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(100)
}

/** An SSH server on every loopback address that lets nobody in; its port. */
async function startRefusingSshd(): Promise<{ readonly port: number; close(): Promise<unknown> }> {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519')
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('authentication', (attempt) => attempt.reject(['password']))
    client.on('error', () => undefined)
  })
  server.listen(0)
  await once(server, 'listening')
  return {
    port: z.object({ port: z.number() }).parse(server.address()).port,
    close: async () => server.close(),
  }
}

/**
 * API and worker as processes of their own, which nobody starts again, over a PostgreSQL and a
 * Temporal that come and go.
 */
describe.sequential('an API whose store, Temporal and workers come and go', () => {
  const password = randomBytes(12).toString('base64url')
  const closers: (() => Promise<unknown>)[] = []
  let postgres: Postgres
  let temporal: TemporalServer
  let startTemporal: () => Promise<TemporalServer>
  let sshPort: number
  let api: Program
  let startWorker: () => Program
  let worker: Program | undefined
  let url: string

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-outage-'))
    closers.push(() => rm(dir, { recursive: true, force: true }))
    // PostgreSQL, another user, has its folder in it.
    await chmod(dir, 0o711)
    const sshd = await startRefusingSshd()
    closers.push(sshd.close)
    sshPort = sshd.port
    postgres = await startPostgres(join(dir, 'postgres'))
    closers.push(() => postgres.close())
    const [port, temporalPort, uiPort] = [await claimPort(), await claimPort(), await claimPort()]
    startTemporal = () =>
      startTemporalServer({ dbFile: join(dir, 'temporal.db'), port: temporalPort, uiPort })
    temporal = await startTemporal()
    closers.push(() => temporal.close())
    const env = {
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
      OBFLOW_DATA_DIR: join(dir, 'data'),
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      OBFLOW_ADMIN_PASSWORD: password,
    }
    url = `http://127.0.0.1:${port}`
    startWorker = () => startProgram('src/worker.ts', env)
    api = startProgram('src/server.ts', env)
    closers.push(() => api.close())
    closers.push(async () => worker?.close())
    await until(async () => {
      if (!api.running) throw new Error(api.said)
      return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true
    })
  })
  afterAll(async () => {
    for (const close of closers.reverse()) await close()
  })

  const call = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await fetch(`${url}/api/v2${path}`, {
      method,
      headers: {
        authorization: basic('admin', password),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      ...reply.parse(await answer.json()),
      http: answer.status,
      retryAfter: answer.headers.get('retry-after'),
    }
  }
  const made = async (path: string, body: object): Promise<number> =>
    withId.parse((await call('POST', path, body)).data).id
  const health = async (path: string) => {
    const answer = await fetch(`${url}${path}`)
    return {
      http: answer.status,
      said: path === '/readyz' ? await answer.json() : await answer.text(),
    }
  }
  const ready = async () => (await health('/readyz')).http === 200
  const taskOf = async (id: number) =>
    task.parse((await call('GET', `/tasks/instances/${id}`)).data)
  const ended = async (id: number) => {
    await until(async () => (await taskOf(id)).status !== 'RUNNING')
    return taskOf(id)
  }
  const tasks = async () =>
    total.parse((await call('GET', '/tasks/instances')).data).page.totalElements

  /** Adds a host that refuses its login: a run that ends soon and for good. */
  let addHost: () => ReturnType<typeof call>
  const refused = {
    status: 'FAILED',
    subtasks: [{ status: 'FAILED', error: { code: 'CMP07015' } }, {}, {}, {}, {}],
  }

  it('is alive without workers, but not ready, and says what is away', async () => {
    expect(await health('/healthz')).toMatchObject({ http: 200 })
    const parts = { status: 'bad', store: 'okay', temporal: 'okay', workers: 'away' }
    await until(
      async () =>
        z.object({ temporal: z.string() }).parse((await health('/readyz')).said).temporal ===
        'okay',
    )
    expect(await health('/readyz')).toEqual({ http: 503, said: parts })
    expect(await health('/api/status')).toEqual({ http: 503, said: 'bad' })
    expect(await health('/api/status?includeUnavailableComponent=true')).toEqual({
      http: 503,
      said: 'bad workers',
    })
  })

  it('is ready once a worker is there, and a task runs', async () => {
    worker = startWorker()
    await until(ready)
    expect(await health('/api/status?includeUnavailableComponent=true')).toEqual({
      http: 200,
      said: 'okay',
    })
    const regionId = await made('/compute/regions', { name: 'hangzhou' })
    const idcId = await made('/compute/idcs', { name: 'hz1', regionId })
    const typeId = await made('/compute/hostTypes', { name: 'standard' })
    const login = { type: 'PASSWORD', username: 'operator', passphrase: 'not this one' }
    const credentialId = await made('/profiles/me/credentials', {
      targetType: 'HOST',
      name: 'wrong',
      sshCredentialProperty: login,
    })
    let last = 0
    addHost = () => {
      const hostBasicDataList = [{ innerIpAddress: `127.0.0.${++last}` }]
      return call('POST', '/compute/hosts/batchCreate', {
        hostBasicDataList,
        sshPort,
        idcId,
        typeId,
        credentialId,
      })
    }
    expect(await ended(withId.parse((await addHost()).data).id)).toMatchObject(refused)
  })

  it('accepts tasks and operations while Temporal is down, and both go on when it is back', async () => {
    const failed = withId.parse((await addHost()).data).id
    await ended(failed)
    await temporal.kill()
    await until(async () => !(await ready()))
    expect(await health('/readyz')).toEqual({
      http: 503,
      said: { status: 'bad', store: 'okay', temporal: 'away', workers: 'unknown' },
    })
    expect(await health('/healthz')).toMatchObject({ http: 200 })

    const accepted = await addHost()
    expect(accepted).toMatchObject({ http: 200, successful: true })
    const { id } = withId.parse(accepted.data)
    expect((await call('POST', `/tasks/instances/${failed}/retry`)).http).toBe(200)
    for (const waiting of [id, failed]) expect((await taskOf(waiting)).status).toBe('RUNNING')

    temporal = await startTemporal()
    await until(ready)
    expect(await ended(id)).toMatchObject(refused)
    expect((await ended(failed)).subtasks[0]).toMatchObject({ status: 'FAILED', runTime: 2 })
  })

  it('answers 503 in the envelope while the store is away, loses nothing, and goes on by itself when it is back', async () => {
    const before = await tasks()
    // A call that is in the middle of its transaction when the store ends.
    const holder = new Client(postgres.url)
    holder.on('error', () => undefined)
    await holder.connect()
    await holder.query('begin; lock table hosts')
    const amid = addHost()
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`
    await until(async () => (await holder.query(waiting)).rowCount === 1)
    await postgres.stop()
    const away = { http: 503, retryAfter: '5', successful: false, error: { code: 'COM10004' } }
    expect(await amid).toMatchObject(away)
    expect(await addHost()).toMatchObject(away)
    expect(await call('GET', '/ob/clusters')).toMatchObject(away)
    await until(async () => !(await ready()))
    expect(await health('/readyz')).toEqual({
      http: 503,
      said: { status: 'bad', store: 'away', temporal: 'okay', workers: 'okay' },
    })
    expect(await health('/healthz')).toMatchObject({ http: 200 })

    await postgres.start()
    await until(ready)
    expect(await tasks()).toBe(before)
    expect(await ended(withId.parse((await addHost()).data).id)).toMatchObject(refused)
    expect({ api: api.running, worker: worker?.running }).toEqual({ api: true, worker: true })
  })

  it('ends what it was asked for on SIGTERM, takes nothing new, and so does an idle worker', async () => {
    expect(await worker?.stop()).toBe(0)
    const body = JSON.stringify({ name: 'last' })
    const headers = {
      authorization: basic('admin', password),
      'content-type': 'application/json',
      expect: '100-continue',
    }
    const last = request(`${url}/api/v2/compute/regions`, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
    })
    last.flushHeaders()
    await once(last, 'continue')
    const stopped = api.stop()
    await until(async () => !(await fetch(`${url}/healthz`).catch(() => undefined)))
    last.end(body)
    const [answer] = z
      .tuple([z.object({ statusCode: z.number() })])
      .parse(await once(last, 'response'))
    expect(answer.statusCode).toBe(200)
    expect(await stopped).toBe(0)
  })
})
