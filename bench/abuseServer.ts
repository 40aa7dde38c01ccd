import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { openAlone } from '../test/api/alone.ts'

// The API over a store in memory, as a child of abuse.ts: it measures itself where it is held up.

const api = await openAlone({ OBFLOW_RATE_LIMIT: '0' })
const { app, password } = api
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
  if (message === 'stop') void api[Symbol.asyncDispose]().then(() => process.disconnect())
})
process.send?.({ url, password })
