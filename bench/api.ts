import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { buildApp } from '../src/api/app.ts'
import { hashPassword } from '../src/api/auth/password.ts'
import { readConfig } from '../src/config.ts'
import { createClusterPlan } from '../src/operations/createCluster.ts'
import { Secret } from '../src/quote.ts'
import { connect } from '../src/store/db.ts'
import { parseKeys, storeOver } from '../src/store/index.ts'
import { insertTask } from '../src/store/newTask.ts'

// How long the two calls take that everybody polls: over HTTP, with a login, store and API in this
// one process.

const goalMs = 50
const wideHosts = 164
const listed = 10_000
const calls = Number(process.env.CALLS ?? 100)

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

const connection = await connect(
  process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {},
)
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
  config: readConfig({}),
  workflows: {
    tell: async () => {},
    run: async () => ({
      runId: '',
      events: 0,
      foreign: false,
      paused: false,
      stepAttempt: 1,
      pending: [],
    }),
    replace: async () => {},
    lookAtHosts: async () => [],
    health: async () => ({ temporal: 'okay', workers: 'okay' }),
  },
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`

/** Milliseconds of each call, in order of size; the first few calls warm up. */
async function measure(path: string): Promise<readonly number[]> {
  const times: number[] = []
  for (let call = -5; call < calls; call++) {
    const begin = performance.now()
    const reply = await fetch(`${url}${path}`, { headers: { authorization } })
    await reply.text()
    if (!reply.ok) throw new Error(`${path} was answered ${reply.status}`)
    if (call >= 0) times.push(performance.now() - begin)
  }
  return times.sort((left, right) => left - right)
}

async function show(what: string, path: string): Promise<boolean> {
  const times = await measure(path)
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  const figures = [0.5, 0.95].map((share) => at(share).toFixed(1).padStart(7))
  const met = at(0.95) <= goalMs
  console.log(
    `${what.padEnd(44)} p50 ${figures[0]} ms   p95 ${figures[1]} ms   ${met ? 'ok' : `over ${goalMs} ms`}`,
  )
  return met
}

const results = [
  await show(`a task of ${wide.subtasks.length} subtasks`, `/api/v2/tasks/instances/${wide.id}`),
]
for (const [what, query] of Object.entries(lists)) {
  results.push(await show(`list of ${listed} tasks, ${what}`, `/api/v2/tasks/instances?${query}`))
}
await app.close()
await connection.close()
if (results.includes(false)) process.exitCode = 1
