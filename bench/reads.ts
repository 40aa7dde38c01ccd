import { randomBytes } from 'node:crypto'
import { type AddressInfo, connect as dial } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { buildApp } from '../src/api/app.ts'
import { hashPassword } from '../src/api/auth/password.ts'
import { readConfig } from '../src/config.ts'
import { asIs } from '../src/errors/say.ts'
import { createClusterPlan } from '../src/operations/createCluster.ts'
import { Secret } from '../src/quote.ts'
import { connect } from '../src/store/db.ts'
import { parseKeys, storeOver } from '../src/store/index.ts'
import { insertTask } from '../src/store/newTask.ts'
import { bench } from './kit/bench.ts'
import { asAdmin, startCaller } from './kit/caller.ts'
import { quantile, rounded } from './kit/figure.ts'

// How long the calls take that everybody polls: over HTTP, with a login, store and API in this one
// process, the callers in a thread of their own. DATABASE_URL measures an empty PostgreSQL instead
// of PGlite, CALLS says how often each call is made.

const goals = { p95: { atMost: 50 }, loop: { atMost: 20 } } as const
/** 23 + 6 × 1,663 subtasks are 10,001. */
const wideHosts = 1664
const listed = 10_000
const calls = Number(process.env.CALLS ?? 100)
const perSecond = 100
const loadSeconds = 20

/** The task list as people ask for it. */
const lists = {
  'the newest': '',
  'by status': 'status=FAILED',
  'by several statuses': 'status=RUNNING,FAILED',
  'by part of the name': 'name=primary',
  'by a part no name has': 'name=standby',
  'by cluster name': 'clusterName=c77',
  'by cluster id': 'clusterId=77',
  'by host': 'hostId=5',
  'by all at once': 'name=primary&status=FAILED&type=MANUAL&clusterName=c77&clusterId=77',
  'by name, far back': 'name=primary&page=900',
  'sorted by finish time': 'sort=finishTime,desc',
  'a hundred to a page': 'size=100',
}

/** Subtasks of the wide task. */
const someOfThem = {
  'a hundred subtasks': 'size=100',
  'those of one host': 'hostId=77',
  'those that failed': 'status=FAILED',
}

await bench(async (bench) => {
  const connection = await connect(
    process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {},
  )
  bench.defer(() => connection.close())
  const store = storeOver(connection, parseKeys(randomBytes(32).toString('hex')))
  const password = randomBytes(12).toString('hex')
  const user = { id: 100, username: 'admin', roles: ['ADMIN'] }
  await store.users.createOnce({ ...user, passwordHash: await hashPassword(new Secret(password)) })

  const accept = (hosts: number, clusterId: number) => {
    const targets = {
      hosts: Array.from({ length: hosts }, (_, index) => ({
        id: index + 1,
        ip: `10.0.${index >> 8}.${index & 255}`,
      })),
      zones: ['zone1'],
    }
    return insertTask(connection.db, {
      workflow: 'createCluster',
      plan: createClusterPlan,
      targets,
      context: {
        stringMap: { cluster_name: `c${clusterId}` },
        listMap: { host_ids: targets.hosts.map(({ id }) => String(id)) },
      },
      creator: { id: 100, name: 'admin' },
      cluster: { id: clusterId, name: `c${clusterId}`, obClusterId: 1, type: 'PRIMARY' },
    })
  }

  const wide = await accept(wideHosts, 1)
  const one = await accept(1, 2)
  // Copies of a one-host create, spread over states and clusters.
  await connection.db.execute(sql`
    insert into tasks select (t).* from (select jsonb_populate_record(t, jsonb_build_object(
      'id', 100000 + n, 'cluster_id', n % 500, 'cluster_name', 'c' || n % 500, 'first_subtask_id', 1000000 + n * 23,
      'host_id', case when n % 3 = 0 then n % 50 end, 'name', case when n % 3 = 0 then 'Prepare host' else t.name end,
      'status', case when n % 10 = 0 then 'FAILED' when n % 10 = 1 then 'RUNNING' else 'SUCCESSFUL' end,
      'finish_time', now() - n * interval '1 minute')) t
      from tasks t, generate_series(1, ${listed}::int) n where t.id = ${one.id}) rows`)
  await connection.db.execute(sql`
    insert into subtasks select (s).* from (select jsonb_populate_record(s, jsonb_build_object(
      'id', 1000000 + n * 23 + s.index, 'task_id', 100000 + n)) s
      from subtasks s, generate_series(1, ${listed}::int) n where s.task_id = ${one.id}) rows`)
  await connection.db.execute(sql`analyze`)

  const { app } = await buildApp({
    store,
    config: { ...readConfig({}), rateLimits: [0, 0, 0, 0] },
    workflows: {
      tell: async () => {},
      run: async () => undefined,
      replace: async () => {},
      lookAtHosts: async () => [],
      health: async () => ({ temporal: 'okay', workers: 'okay' }),
    },
  })
  bench.defer(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const called = startCaller(bench, { url: `http://127.0.0.1:${port}`, password })

  async function show(row: string, path: string): Promise<void> {
    await called({ calls: [{ path }], times: 5 })
    const times = await called({ calls: [{ path }], times: calls })
    if (times.length < calls) throw new Error(`${path} was refused ${calls - times.length} times`)
    bench.show({
      figure: 'reads',
      row: `${row}, p95`,
      unit: 'ms',
      ours: rounded(quantile(times, 0.95)),
      goal: goals.p95,
      pairs: [[rounded(quantile(times, 0.95))]],
      details: { program: 'reads', calls, p50Ms: rounded(quantile(times, 0.5)) },
    })
  }
  const wholeTask = `/api/v2/tasks/instances/${wide.id}`
  const wideTask = `a task of ${wide.subtasks.length.toLocaleString('en-US')} subtasks`
  const [firstMs = 0] = await called({ calls: [{ path: wholeTask }], times: 1 })
  bench.say(`${wideTask}, read the first time: ${Math.round(firstMs)} ms`)
  await show(wideTask, wholeTask)
  for (const [row, query] of Object.entries(someOfThem))
    await show(`of it ${row}`, `${wholeTask}/subtasks?${query}`)
  for (const [row, query] of Object.entries(lists))
    await show(`10,000 tasks, ${row}`, `/api/v2/tasks/instances?${query}`)

  // A change of the wide run, and when a reader of its stream sees it.
  const socket = dial(port, '127.0.0.1')
  bench.defer(() => socket.destroy())
  socket.write(
    `GET ${wholeTask}/events?form=compact HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${asAdmin(password)}\r\n\r\n`,
  )
  const late: number[] = []
  const opened = Promise.withResolvers<void>()
  let tail = ''
  socket.on('data', (chunk: Buffer) => {
    const text = tail + chunk.toString('latin1')
    if (text.includes('event: task')) opened.resolve()
    for (const [, at] of text.matchAll(/"at (\d+)\."/g)) late.push(Date.now() - Number(at))
    const last = text.lastIndexOf('"at ')
    tail = text.slice(Math.max(last + 1, text.length - 40))
  })
  await opened.promise
  const changing = wide.subtasks.slice(10, 210).map(({ id }) => id)
  async function change(): Promise<void> {
    const message = JSON.stringify(asIs(`at ${Date.now()}.`))
    await connection.db.execute(
      sql`update subtasks set status = 'RUNNING', attempt = attempt + 1, last_message = ${message}::jsonb
        where id = any(${sql.param(changing)}::int[]) and random() < 0.2`,
    )
  }
  for (let round = 0; round < 50; round += 1) {
    await change()
    await sleep(200, undefined, { signal: bench.signal })
  }
  bench.show({
    figure: 'reads',
    row: 'live stream, a change seen after, p95',
    unit: 'ms',
    ours: rounded(quantile(late, 0.95)),
    pairs: [[rounded(quantile(late, 0.95))]],
    details: { program: 'reads', changes: late.length, p50Ms: rounded(quantile(late, 0.5)) },
  })
  await show(`${wideTask}, ${changing.length} of them at work`, wholeTask)

  const mixed = [
    '/api/v2/tasks/instances?',
    '/api/v2/tasks/instances?status=RUNNING,FAILED',
    '/api/v2/tasks/instances?clusterName=c77',
    `/api/v2/tasks/instances/${one.id}`,
    '/api/v2/ob/clusters',
    '/api/v2/compute/hosts',
    '/api/v2/info',
  ]
  const load = async (row: string, paths: readonly string[]): Promise<void> => {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const times = await called({
      calls: paths.map((path) => ({ path })),
      times: perSecond * loadSeconds,
      perSecond,
    })
    delay.disable()
    const p99 = delay.percentile(99) / 1e6
    bench.show({
      figure: 'reads',
      row,
      unit: 'ms',
      ours: rounded(p99),
      goal: goals.loop,
      pairs: [[rounded(p99)]],
      details: {
        program: 'reads',
        maxMs: rounded(delay.max / 1e6),
        refused: perSecond * loadSeconds - times.length,
        answersP95Ms: rounded(quantile(times, 0.95)),
      },
    })
  }
  await load(`event-loop delay p99, ${perSecond} requests a second`, mixed)
})
