import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { buildApp } from '../src/api/app.ts'
import { hashPassword } from '../src/api/auth/password.ts'
import { readConfig } from '../src/config.ts'
import { Secret } from '../src/quote.ts'
import { openStore, parseKeys } from '../src/store/index.ts'

// The API over a store in memory, as a child of abuse.ts: it measures itself where it is held up.

const folder = await mkdtemp(join(tmpdir(), 'obflow-abuse-'))
const store = await openStore({ keys: parseKeys(randomBytes(32).toString('hex')) })
const passwordHash = await hashPassword(new Secret(process.argv[2] ?? ''))
await store.users.createOnce({ id: 100, username: 'admin', passwordHash, roles: ['ADMIN'] })
const { app } = await buildApp({
  store,
  config: readConfig({ OBFLOW_DATA_DIR: folder, OBFLOW_RATE_LIMIT: '0' }),
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
app.addHook('onError', async (request, _, error) => {
  if (error.name !== 'Refused' && (error.statusCode ?? 500) >= 500)
    console.error(request.method, request.url.slice(0, 200), error)
})
const delay = monitorEventLoopDelay({ resolution: 1 })
const url = await app.listen({ host: '127.0.0.1', port: 0 })
delay.enable()
let began = process.cpuUsage()

// Processor time of this thread between two looks at the loop: what of a delay is its own work, and
// not that of the machine's other programs.
const own = createHistogram()
let spent = process.threadCpuUsage()
setInterval(() => {
  const { user, system } = process.threadCpuUsage(spent)
  spent = process.threadCpuUsage()
  own.record(Math.max(1, user + system))
}, 1).unref()

process.on('message', (message) => {
  if (message === 'measure') {
    const { user, system } = process.cpuUsage(began)
    const [p999, max] = [delay.percentile(99.9), delay.max].map((nanoseconds) =>
      Math.round(nanoseconds / 1e6),
    )
    const [own999, ownMax] = [own.percentile(99.9), own.max].map((microseconds) =>
      Math.round(microseconds / 1e3),
    )
    globalThis.gc?.()
    const mebibytes = (bytes: number) => Math.round(bytes / 1024 ** 2)
    const { rss, heapUsed } = process.memoryUsage()
    // What collecting here took is nobody's fault.
    setTimeout(() => {
      delay.reset()
      own.reset()
      began = process.cpuUsage()
      process.send?.({
        p999,
        max,
        own999,
        ownMax,
        cpu: (user + system) / 1e6,
        rss: mebibytes(rss),
        heap: mebibytes(heapUsed),
      })
    }, 50)
  }
  if (message === 'stop') {
    void app
      .close()
      .then(() => store.close())
      .then(() => rm(folder, { recursive: true, force: true }))
      .then(() => process.disconnect())
  }
})
process.send?.({ url })
