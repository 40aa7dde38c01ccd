import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { z } from 'zod'
import { startPostgres } from '../lab/chaos/postgres.ts'
import { startService, untilReached } from '../lab/chaos/service.ts'
import { buildPackages, createLab } from '../lab/index.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createRequest, registerHosts, uploadPackages, type ZonePlan } from '../lab/scenario.ts'
import { createClient } from '../src/cli/client.ts'
import { taskSchema } from '../src/cli/taskSchema.ts'
import { startTemporalServer } from '../src/embedded/temporalServer.ts'
import { recordHistory } from '../test/replay/record.ts'

// Creates posted in one moment to one API and one worker: do all end well, how long does it take,
// how much memory does the worker need?
//   node bench/creates.ts --creates 20            20 creates of one host each
//   node bench/creates.ts --creates 1 --hosts 100  one create of 100 hosts
// A host whose create has ended well is switched off: a hundred clusters hold 27 GB, which says
// nothing of obflow. OBFLOW_RECORD=1 keeps the first one's history for the replay test.

const goalMiB = 600
/**
 * Each kernel takes 1,489 of the machine's places for asynchronous I/O, and Linux has 65,536 as
 * shipped: enough for 44. Source: proc(5).
 */
const aio = { file: '/proc/sys/fs/aio-max-nr', places: 1_048_576 }
const created = z.object({ id: z.number(), clusterId: z.number() })

const { values } = parseArgs({
  options: { creates: { type: 'string', default: '10' }, hosts: { type: 'string', default: '1' } },
})
const creates = Number(values.creates)
const hosts = Number(values.hosts)
const closers: (() => Promise<unknown> | unknown)[] = []
const stopping = new AbortController()
const { signal } = stopping
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)))

/** Most memory that a process has held so far, in MiB. Source: VmHWM in proc(5). */
const peakMiB = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/**
 * Gives a session of processes 28 times the processor time of another one. In life the hosts are
 * other machines; here each of their sessions would be granted as much as the worker and the API
 * together. Source: autogroup in sched(7).
 */
function favour(pid: number | 'self'): void {
  const file = `/proc/${pid}/autogroup`
  if (!existsSync(file)) return
  const [, nice = '0'] = /nice (-?\d+)/.exec(readFileSync(file, 'utf8')) ?? []
  writeFileSync(file, '-15')
  if (pid === 'self') closers.push(() => writeFileSync(file, nice))
}

/** Hosts of one create, by their places in the lab, dealt out to three zones. */
const zonesOf = (create: number): ZonePlan[] =>
  Array.from({ length: Math.min(3, hosts) }, (_, zone) => ({
    name: `zone${zone + 1}`,
    hosts: Array.from({ length: hosts }, (_, host) => create * hosts + host).filter(
      (_, host) => host % 3 === zone,
    ),
  }))

/** Memory of this machine that is in use, in MiB. */
const usedMiB = (): number => {
  const [total = 0, available = 0] = ['MemTotal', 'MemAvailable'].map((name) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]),
  )
  return (total - available) / 1024
}

async function bench(): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-creates-'))
  closers.push(() => rmSync(dir, { recursive: true, force: true }))
  chmodSync(dir, 0o711)
  const dataDir = join(dir, 'data')
  mkdirSync(dataDir)
  const shipped = readFileSync(aio.file, 'utf8')
  if (Number(shipped) < aio.places) {
    writeFileSync(aio.file, String(aio.places))
    closers.push(() => writeFileSync(aio.file, shipped))
  }
  favour('self')
  const lab = await createLab({ hosts: creates * hosts })
  closers.push(() => lab.destroy())
  const postgres = await startPostgres(join(dir, 'postgres'))
  closers.push(() => postgres.close())
  const temporal = await startTemporalServer({ dbFile: join(dir, 'temporal.db') })
  closers.push(() => temporal.close())
  favour(temporal.pid)
  const admin = randomBytes(12).toString('base64url')
  const port = await claimPort()
  const env = {
    OBFLOW_DATA_DIR: dataDir,
    OBFLOW_LISTEN: `127.0.0.1:${port}`,
    OBFLOW_ADMIN_PASSWORD: admin,
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    // The lab's hosts share one disk and this machine's processors.
    OBFLOW_IO_BENCHES: '1',
    OBFLOW_ACTIVITIES: '8',
    // The watcher asks for a hundred hosts as one user.
    OBFLOW_RATE_LIMIT: '0,0,0,0',
  }
  const [api, worker] = ['src/server.ts', 'src/worker.ts'].map((program) => {
    const service = startService({
      program,
      env,
      log: join(dir, `${basename(program, '.ts')}.log`),
    })
    closers.push(() => service.close())
    return service
  })
  if (!api || !worker) throw new Error('two programs were asked for')
  const client = createClient({ url: `http://127.0.0.1:${port}`, user: 'admin', password: admin })
  await untilReached(() => client.get('/api/v2/ob/clusters', z.unknown()), [api, worker], signal)
  const packages = (await buildPackages()).filter(
    ({ name, version }) =>
      name.includes('agent') || (name === 'oceanbase' && version.startsWith('4.')),
  )
  await uploadPackages(
    client,
    packages.map(({ path }) => path),
  )
  signal.throwIfAborted()
  const began = performance.now()
  const inventory = await registerHosts(client, lab, () => 'hz1')
  console.log(
    `${creates * hosts} hosts prepared in ${((performance.now() - began) / 1000).toFixed(1)} s, worker at ${peakMiB(worker.pid).toFixed(0)} MiB`,
  )

  const rpmName = basename(packages.find(({ name }) => name === 'oceanbase')?.path ?? '')
  const password = randomBytes(12).toString('base64url')
  signal.throwIfAborted()
  const start = performance.now()
  const posted = await Promise.all(
    Array.from({ length: creates }, async (_, index) => {
      const body = createRequest(inventory, {
        name: `load${index + 1}`,
        password,
        rpmName,
        zones: zonesOf(index),
      })
      const { id } = (await client.post('/api/v2/ob/clusters', body, created)).data
      return id
    }),
  )
  console.log(`${creates} creates accepted in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  const ended = new Map<number, { readonly status: string; readonly seconds: number }>()
  let most = 0
  while (ended.size < creates) {
    // Whoever watches takes processor time as well.
    await sleep(Math.max(500, 50 * creates), undefined, { signal })
    most = Math.max(most, usedMiB())
    for (const id of posted.filter((id) => !ended.has(id))) {
      const { status, subtasks } = (await client.get(`/api/v2/tasks/instances/${id}`, taskSchema))
        .data
      if (status === 'RUNNING') continue
      const seconds = (performance.now() - start) / 1000
      ended.set(id, { status, seconds })
      // A quarter of an hour without a word looks like a hang.
      if (ended.size % Math.ceil(creates / 10) === 0)
        console.log(
          `${ended.size} ended after ${seconds.toFixed(0)} s, worker at most ${peakMiB(worker.pid).toFixed(0)} MiB`,
        )
      if (creates > 1 && status === 'SUCCESSFUL') {
        const create = posted.indexOf(id)
        await Promise.all(
          lab.hosts.slice(create * hosts, (create + 1) * hosts).map((host) => host.powerOff()),
        )
      }
      for (const { name, error } of subtasks)
        if (error) console.log(`task ${id}, ${name}: ${error.code} ${error.message}`)
    }
  }
  const connection = await Connection.connect({ address: temporal.address })
  closers.push(() => connection.close())
  const status = ended.get(posted[0] ?? 0)?.status === 'SUCCESSFUL' ? 'create' : 'failed'
  await recordHistory(
    new Client({ connection }),
    posted[0] ?? 0,
    `${status}-${hosts}-host${hosts > 1 ? 's' : ''}-4.2`,
  )
  const seconds = [...ended.values()]
    .map(({ seconds }) => seconds)
    .sort((left, right) => left - right)
  const well = [...ended.values()].filter(({ status }) => status === 'SUCCESSFUL').length
  const memory = peakMiB(worker.pid)
  console.log(
    `${well} of ${creates} SUCCESSFUL; first after ${seconds[0]?.toFixed(1)} s, last after ${seconds.at(-1)?.toFixed(1)} s`,
  )
  console.log(
    `worker at most ${memory.toFixed(0)} MiB, API at most ${peakMiB(api.pid).toFixed(0)} MiB, the machine at most ${most.toFixed(0)} MiB`,
  )
  return well === creates && memory <= goalMiB
}

try {
  if (!(await bench())) process.exitCode = 1
} catch (error) {
  if (!signal.aborted) throw error
  process.exitCode = 130
} finally {
  for (const close of closers.splice(0).reverse()) await close()
}
