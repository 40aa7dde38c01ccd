import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { availableParallelism, loadavg, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { z } from 'zod'
import request from '../test/api/fixtures/createRequest.json' with { type: 'json' }
import { form, rpmFile } from '../test/api/rpmFile.ts'

// Sends an API what nobody should: 10,000 made-up requests over all its calls, and the attacks that
// once stopped it. It fails on a 5xx, on a loop that is held up, and on memory that grows.

const wanted = 10_000
const atOnce = 20
const limits = { p999: 100, heapGrowth: 40 } as const

const child = fork(fileURLToPath(new URL('./abuseServer.ts', import.meta.url)), [], {
  execArgv: ['--expose-gc'],
})
// Its own delays are measured, and not those that other programs of the machine make.
if (process.getuid?.() === 0 && child.pid !== undefined) setPriority(child.pid, -15)
const [told] = await once(child, 'message')
const { password, url } = z.object({ password: z.string(), url: z.string() }).parse(told)
const figures = z.object({
  p999: z.number(),
  max: z.number(),
  own999: z.number(),
  ownMax: z.number(),
  cpu: z.number(),
  rss: z.number(),
  heap: z.number(),
})
const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
const json = { 'content-type': 'application/json', authorization }

const answers = new Map<number | string, number>()
const failures: string[] = []

async function send(path: string, { headers, ...rest }: RequestInit): Promise<number | string> {
  const answer = await fetch(`${url}${path}`, { headers: { ...json, ...headers }, ...rest }).then(
    async (reply) => {
      const text = await reply.text()
      if (reply.status >= 500)
        failures.push(
          `${rest.method} ${path.slice(0, 120)} was answered ${reply.status} ${text.slice(0, 200)}`,
        )
      return reply.status
    },
    // The server hangs up on what it does not want to read.
    () => 'cut',
  )
  answers.set(answer, (answers.get(answer) ?? 0) + 1)
  return answer
}

let slowest = 0
/** A line of the table at the end for each section. */
const rows: (string | number)[][] = []
async function section(
  name: string,
  work: () => Promise<unknown>,
): Promise<z.infer<typeof figures>> {
  const begun = performance.now()
  const said = await work()
  const answer = once(child, 'message')
  child.send('measure')
  const [message] = await answer
  const found = figures.parse(message)
  slowest = Math.max(slowest, found.p999)
  rows.push([name, found.p999, found.max, found.own999, found.ownMax, found.rss, found.heap])
  const took = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(
    `${name}: ${said ?? ''} in ${took} s; loop p99.9 ${found.p999} ms, max ${found.max} ms, of its own ${found.own999} and ${found.ownMax} ms; processor ${found.cpu.toFixed(1)} s; rss ${found.rss} MiB, heap ${found.heap} MiB`,
  )
  if (found.p999 > limits.p999) failures.push(`${name}: the loop was held up for ${found.p999} ms`)
  return found
}

const inParallel = async (
  count: number,
  each: (index: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0
  const one = async () => {
    for (let index = next++; index < count; index = next++) await each(index)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
const { paths } = openapi.parse(await (await fetch(`${url}/api/v2/openapi.json`)).json())
// Its own password must stay what it is, and so must the user.
const calls = Object.entries(paths)
  .flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  )
  .filter(({ path }) => !path.endsWith('changePassword') && !path.includes('downloadDiagnosis'))

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.integer(),
  fc.constant(null),
)
const field = fc.constantFrom(
  ...Object.keys(request),
  'hostBasicDataList',
  'roles',
  'username',
  'sshCredentialProperty',
  'obLinks',
)
const body = fc.oneof(
  value.map((made) => JSON.stringify(made)),
  fc.dictionary(field, value).map((made) => JSON.stringify({ ...request, ...made })),
  fc
    .array(value, { maxLength: 400 })
    .map((made) => JSON.stringify({ ...request, zones: made, servers: made })),
  fc.string({ unit: 'binary', maxLength: 2000 }),
)
const word = fc.oneof(
  fc.integer().map(String),
  fc.string({ maxLength: 30 }),
  fc.constantFrom('1', '0x1', '..', '%00', 'NaN'),
)
const query = fc.oneof(
  fc.constant(''),
  fc
    .tuple(
      fc.constantFrom('size', 'page', 'sort', 'status', 'keyword', 'dryRun', 'name', 'x'),
      word,
    )
    .map(([name, text]) => `?${name}=${encodeURIComponent(text.toWellFormed())}`),
)
const type = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
)
const made = fc.record({ call: fc.constantFrom(...calls), body, word, query, type })

const fuzz = (seed: number, count: number) => async (): Promise<string> => {
  const all = fc.sample(made, { seed, numRuns: count })
  await inParallel(count, async (index) => {
    const one = all[index]
    if (one === undefined) return
    const path = one.call.path.replaceAll(
      /\{\w+\}/g,
      encodeURIComponent(one.word.toWellFormed()) || '1',
    )
    const sends = !['GET', 'HEAD'].includes(one.call.method)
    await send(`${path}${one.query}`, {
      method: one.call.method,
      headers: { 'content-type': one.type },
      ...(sends && { body: one.body }),
    })
  })
  return `${count} requests`
}

const zones = (count: number, servers: readonly unknown[]) =>
  Array.from({ length: count }, (_, index) => ({ name: `zone${index}`, idcName: 'hz2', servers }))
const create = (query: string, count: number, servers: readonly unknown[]) =>
  send(`/api/v2/ob/clusters${query}`, {
    method: 'POST',
    body: JSON.stringify({ ...request, zones: zones(count, servers) }),
  })

const zeros = (bytes: number) => `{"RsList":[${'0,'.repeat(bytes / 2)}0]}`
const services = '/services?Action=ObRootServiceInfo&ObCluster=terran'

/** Connections that send a byte now and then; how many the server has closed after 30 s. */
async function slowBodies(count: number): Promise<string> {
  const { port, hostname } = new URL(url)
  let closed = 0
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      closed += 1
    })
    socket.write(
      `POST ${services} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    )
    return socket
  })
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(' ')
  }, 500)
  const health: number[] = []
  for (let second = 0; second < 30; second += 1) {
    const begun = performance.now()
    await send('/healthz', { method: 'GET' }).catch(() => undefined)
    health.push(performance.now() - begun)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  clearInterval(drip)
  for (const socket of sockets) socket.destroy()
  if (closed < count)
    failures.push(`${count - closed} of ${count} slow bodies were still open after 30 s`)
  return `${closed} of ${count} closed, /healthz answered within ${Math.round(Math.max(...health))} ms`
}

function bomb(entries: number): Buffer {
  const rpm = rpmFile({ name: 'oceanbase', version: '2.2.73', release: '1.el7', arch: 'x86_64' }, 0)
  const header = rpm.indexOf(Buffer.from([0x8e, 0xad, 0xe8, 0x01]), 110)
  rpm.writeUInt32BE(entries, header + 8)
  return Buffer.concat([rpm, Buffer.alloc(entries * 16)])
}

async function uploadBomb(): Promise<string> {
  const { body, headers } = form('oceanbase-2.2.73-1.el7.x86_64.rpm', bomb(4_000_000))
  return `answered ${await send('/api/v2/software-packages', { method: 'POST', body: new Uint8Array(body), headers })}`
}

async function guesses(count: number): Promise<string> {
  let [wrong, right] = [0, 0]
  await inParallel(count, async (index) => {
    const guess = `Basic ${Buffer.from(`user${index % 50}:guess-${index}`).toString('base64')}`
    const answer = await fetch(`${url}/api/v2/info`, { headers: { authorization: guess } })
    if (answer.status === 401) wrong += 1
    if (
      index % 10 === 0 &&
      (await fetch(`${url}/api/v2/info`, { headers: { authorization } })).status === 200
    )
      right += 1
  })
  if (right < count / 10)
    failures.push(
      `only ${right} of ${count / 10} right logins were let in beside ${count} wrong ones`,
    )
  return `${wrong} of ${count} refused, ${right} right ones let in`
}

try {
  await section('warm-up', fuzz(1, 1000))
  const before = await section('2,500 made up', fuzz(2, 2500))
  await section('8 MB to /services, 4 at once', () =>
    Promise.all(
      Array.from({ length: 4 }, () => send(services, { method: 'POST', body: zeros(8_000_000) })),
    ),
  )
  await section('all that /services takes, 200 times', () =>
    inParallel(200, () => send(services, { method: 'POST', body: zeros(30_000) })),
  )
  await section(
    '64 zones of 2,000 ids',
    async () => `answered ${await create('', 64, Array(2000).fill(1))}`,
  )
  await section('80,000 ids', async () => `answered ${await create('', 40, Array(2000).fill(7))}`)
  await section('4,000 values of wrong types, 20 times', () =>
    inParallel(20, () => create('', 2, Array(2000).fill('x'))),
  )
  await section(
    'dry run of 32,000 ids',
    async () => `answered ${await create('?dryRun=true', 16, Array(2000).fill(3))}`,
  )
  await section('dry run of 2,000 unknown hosts', async () => {
    const ids = Array.from({ length: 2000 }, (_, index) => index + 1)
    return `answered ${await create('?dryRun=true', 1, ids)}`
  })
  await section('an rpm with 4 million header entries', uploadBomb)
  await section('wrong logins beside right ones', () => guesses(400))
  await section('500 logins by form', () =>
    inParallel(500, () =>
      send('/api/v2/session', {
        method: 'POST',
        body: JSON.stringify({ username: 'admin', password }),
      }),
    ),
  )
  await section('the page, 2,000 times', () =>
    inParallel(2000, (index) =>
      send(`/tasks/${index}`, { method: 'GET', headers: { accept: 'text/html' } }),
    ),
  )
  await section('500 slow bodies', () => slowBodies(500))
  const after = await section(`${wanted - 3500} made up`, fuzz(3, wanted - 3500))
  if (after.heap - before.heap > limits.heapGrowth)
    failures.push(`the heap grew from ${before.heap} to ${after.heap} MiB`)
} finally {
  const gone = once(child, 'exit')
  child.send('stop')
  await gone
}
console.log(
  '| section | loop p99.9 ms | max | of its own p99.9 | max | rss MiB | heap MiB |\n| --- | --- | --- | --- | --- | --- | --- |',
)
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(`load ${loadavg()[0]?.toFixed(0)} on ${availableParallelism()} processors`)
console.log(
  `by status: ${JSON.stringify(Object.fromEntries([...answers].sort()))}; slowest p99.9 of the loop ${slowest} ms`,
)
for (const failure of failures.slice(0, 30)) console.error(failure)
if (failures.length > 0) process.exitCode = 1
