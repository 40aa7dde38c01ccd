import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect as dial } from 'node:net'
import { loadavg, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { buildApp } from '../src/api/app.ts'
import { hashPassword } from '../src/api/auth/password.ts'
import { readConfig } from '../src/config.ts'
import { createClusterPlan } from '../src/operations/createCluster.ts'
import { Secret } from '../src/quote.ts'
import { connect } from '../src/store/db.ts'
import { parseKeys, storeOver } from '../src/store/index.ts'
import { insertTask } from '../src/store/newTask.ts'

// Many readers of one run over server-sent events: what that costs the API, and how far behind they
// are. The readers are a process of their own; API and store are this one.

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '500' },
    hosts: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '30' },
    /** Subtasks at work; each changes once a second on average. */
    working: { type: 'string', default: '200' },
    /** The readers' process: where and as whom to read. */
    read: { type: 'string' },
  },
})
const readers = Number(values.readers)
const maxLateMs = 2000
/** A user has 100 streams at most. */
const users = 20
const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024)

const task = z.object({ port: z.number(), taskId: z.number(), password: z.string() })

/** Reads the run as often as asked; prints the lateness of each change that a reader saw. */
async function readAll(asked: z.infer<typeof task>): Promise<void> {
  const late: number[] = []
  let lost = 0
  /** Opens a stream; resolves when it has told the task. */
  const read = (user: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = dial(asked.port, '127.0.0.1')
    const login = Buffer.from(`u${user}:${asked.password}`).toString('base64')
    socket.write(
      `GET /api/v2/tasks/instances/${asked.taskId}/events?form=compact HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${login}\r\n\r\n`,
    )
    let tail = ''
    socket.on('data', (chunk: Buffer) => {
      const text = tail + chunk.toString('latin1')
      if (text.includes('event: task')) resolve()
      // A change carries the moment at which it was written.
      for (const [, at] of text.matchAll(/"at (\d+)\./g)) late.push(Date.now() - Number(at))
      const last = text.lastIndexOf('"at ')
      tail = text.slice(Math.max(last + 1, text.length - 40))
    })
    socket.on('close', () => {
      lost += 1
      reject(new Error(`a stream of u${user} was not opened`))
    })
    return promise
  }
  // The first login of each is checked with scrypt, one after the other.
  for (let user = 0; user < users; user += 1) await read(user)
  for (let reader = users; reader < readers; reader += users)
    await Promise.all(
      Array.from({ length: Math.min(users, readers - reader) }, (_, user) => read(user)),
    )
  process.stdout.write('all there\n')
  await once(process.stdin, 'data')
  const sorted = late.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  process.stdout.write(
    `${JSON.stringify({ seen: late.length, median: at(0.5), p99: at(0.99), most: at(1), lost })}\n`,
  )
  process.exit()
}

async function measure(): Promise<void> {
  const connection = await connect(
    process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {},
  )
  const store = storeOver(connection, parseKeys(randomBytes(32).toString('hex')))
  const password = randomBytes(12).toString('hex')
  const passwordHash = await hashPassword(new Secret(password))
  for (let user = 0; user < users; user += 1)
    await store.users.createOnce({
      id: 1000 + user,
      username: `u${user}`,
      roles: ['TASK_VIEWER'],
      passwordHash,
    })
  const hosts = Array.from({ length: Number(values.hosts) }, (_, index) => ({
    id: index + 1,
    ip: `10.0.${index >> 8}.${index & 255}`,
  }))
  const { id: taskId, subtasks } = await insertTask(connection.db, {
    workflow: 'createCluster',
    plan: createClusterPlan,
    targets: { hosts, zones: ['zone1'] },
    context: { stringMap: {}, listMap: {} },
    creator: { id: 100, name: 'admin' },
    cluster: { id: 1, name: 'terran', obClusterId: 1, type: 'PRIMARY' },
  })
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
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(import.meta.url),
      '--readers',
      String(readers),
      '--read',
      JSON.stringify({ port, taskId, password }),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  // Before the machine's other programs, where that may be asked.
  if (process.getuid?.() === 0)
    for (const pid of [process.pid, child.pid ?? process.pid]) setPriority(pid, -15)
  const memory = { before: process.memoryUsage().rss, most: 0 }
  const joined = process.cpuUsage()
  await once(child.stdout, 'data')
  const joining = process.cpuUsage(joined)
  const begun = { cpu: process.cpuUsage(), at: Date.now() }
  // Of those under way, a fifth changes every 200 ms. One worker has 200.
  const wide = subtasks.filter(({ hostId }) => hostId !== null).slice(0, Number(values.working))
  const ids = wide.map(({ id }) => id)
  while (Date.now() - begun.at < Number(values.seconds) * 1000) {
    const message = JSON.stringify({ key: `at ${Date.now()}.`, args: [] })
    await connection.db.execute(
      sql`update subtasks set status = 'RUNNING', attempt = attempt + 1, last_message = ${message}::jsonb
        where id = any(${sql.param(ids)}::int[]) and random() < 0.2`,
    )
    memory.most = Math.max(memory.most, process.memoryUsage().rss)
    await sleep(200)
  }
  const spent = process.cpuUsage(begun.cpu)
  const seconds = (Date.now() - begun.at) / 1000
  child.stdin.write('enough\n')
  const [said] = await once(child.stdout, 'data')
  const seen = z
    .object({
      seen: z.number(),
      median: z.number(),
      p99: z.number(),
      most: z.number(),
      lost: z.number(),
    })
    .parse(JSON.parse(String(said)))
  console.log(
    `${readers} readers of a run of ${subtasks.length} subtasks, ${wide.length} changes a second, for ${seconds.toFixed(0)} s`,
  )
  console.log(
    `API and store: ${((spent.user + spent.system) / 1e4 / seconds).toFixed(0)} % of a core; ${((joining.user + joining.system) / 1e6).toFixed(1)} s of a core while they came; ${mib(memory.before)} MiB before, ${mib(memory.most)} MiB at most`,
  )
  console.log(
    `behind: median ${seen.median} ms, p99 ${seen.p99} ms, most ${seen.most} ms, of ${seen.seen} changes seen; ${seen.lost} streams lost; the machine's load is ${loadavg()[0]?.toFixed(0)}`,
  )
  if (seen.most > maxLateMs || seen.lost > 0 || seen.seen === 0) process.exitCode = 1
  await app.close()
  await store.close()
}

if (values.read === undefined) await measure()
else await readAll(task.parse(JSON.parse(values.read)))
