import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { environmentOf } from '../lab/grown/dockerfile.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createClient } from '../src/cli/client.ts'
import { taskSchema } from '../src/cli/taskSchema.ts'
import { bench } from './kit/bench.ts'
import { createBody } from './kit/createBody.ts'
import { median, rounded } from './kit/figure.ts'

// Creates and deletes in a row on one `obflow serve` whose nodes do nothing, started as the bundle
// and `make serve` do: what its process, its connections and its files have grown to. Goal: flat
// after the first fifty.

const { values } = parseArgs({ options: { tasks: { type: 'string', default: '300' } } })
const total = Number(values.tasks)
const looks = [1 / 6, 1 / 2, 1].map((share) => Math.round(total * share))
/** Resident memory is the median after so many creates in a row. */
const maxLatest = 10
/** Resident memory and files may be this much more at the end than after the first look. */
const maxGrowth = { rssMiB: 40, fds: 5 } as const

const told = z.object({
  url: z.string(),
  password: z.string(),
  hostId: z.number(),
  temporalPid: z.number(),
})
const created = z.object({ id: z.number(), clusterId: z.number() })
const begun = z.object({ id: z.number() })

const { NODE_OPTIONS = '', MALLOC_ARENA_MAX = '' } = environmentOf('obflow')
const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    // Closed since the folder was read.
    return ''
  }
}
/** What a process has open. A database keeps each table and index open that it has used. */
function openOf(pid: number, store: string) {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
  const relations = links.filter((link) => link.startsWith(store)).length
  return {
    fds: links.length - relations,
    relations,
    sockets: links.filter((link) => link.startsWith('socket:')).length,
  }
}
function bytesOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.size
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}
const mib = (bytes: number): number => bytes / 2 ** 20

await bench(async (bench) => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-bounds-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  const given = {
    dir,
    port: await claimPort(),
    temporalPort: await claimPort(),
    temporalUiPort: await claimPort(),
  }
  const child = fork(
    fileURLToPath(new URL('bounds/served.ts', import.meta.url)),
    [JSON.stringify(given)],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS, MALLOC_ARENA_MAX },
    },
  )
  const gone = once(child, 'exit')
  bench.defer(async () => {
    child.kill('SIGTERM')
    await gone
  })
  const [message] = await Promise.race([
    once(child, 'message'),
    gone.then(() => Promise.reject(new Error('obflow did not start'))),
  ])
  const { url, password, hostId, temporalPid } = told.parse(message)
  const pid = child.pid ?? 0
  const api = createClient({ url, user: 'admin', password })

  async function ended(taskId: number): Promise<void> {
    for (;;) {
      const { status } = (await api.get(`/api/v2/tasks/instances/${taskId}`, taskSchema)).data
      if (status === 'SUCCESSFUL') return
      if (status === 'FAILED') throw new Error(`task ${taskId} failed`)
      await sleep(20, undefined, { signal: bench.signal })
    }
  }
  /** Of the latest creates: one look alone sees whether memory was collected just before. */
  const latest: number[] = []
  const look = () => ({
    rssMiB: rounded(median(latest)),
    temporalRssMiB: rounded(rssMiB(temporalPid)),
    ...openOf(pid, join(dir, 'pglite')),
    storeMiB: rounded(mib(bytesOf(join(dir, 'pglite')))),
    temporalMiB: rounded(
      mib(
        ['temporal.db', 'temporal.db-wal'].reduce((sum, name) => sum + bytesOf(join(dir, name)), 0),
      ),
    ),
  })
  const seen: (ReturnType<typeof look> & { readonly after: number })[] = []
  for (let number = 1; number <= total; number += 1) {
    const { id, clusterId } = (
      await api.post('/api/v2/ob/clusters', createBody(`b${number}`, hostId), created)
    ).data
    await ended(id)
    await ended((await api.delete(`/api/v2/ob/clusters/${clusterId}`, begun)).data.id)
    latest.push(rssMiB(pid))
    if (latest.length > maxLatest) latest.shift()
    if (looks.includes(number)) {
      seen.push({ after: number, ...look() })
      bench.say(JSON.stringify(seen.at(-1)))
    }
  }
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last) return
  const after = (look: (at: (typeof seen)[number]) => number) =>
    Object.fromEntries(seen.map((at) => [`after${at.after}`, rounded(look(at))]))
  bench.show({
    figure: 'bounds',
    details: {
      program: 'bounds',
      temporalRssMiB: after(({ temporalRssMiB }) => temporalRssMiB),
      fds: after(({ fds }) => fds),
      relations: after(({ relations }) => relations),
      sockets: after(({ sockets }) => sockets),
    },
    row: `resident memory grown from ${first.after} to ${last.after} creates and deletes`,
    unit: 'MiB',
    ours: rounded(last.rssMiB - first.rssMiB),
    goal: { atMost: maxGrowth.rssMiB },
    pairs: seen.map(({ rssMiB }) => [rssMiB]),
  })
  bench.show({
    figure: 'bounds',
    details: { program: 'bounds', temporalMiB: after(({ temporalMiB }) => temporalMiB) },
    row: 'store on disk for each of them after the first look',
    unit: 'MiB',
    ours: rounded((last.storeMiB - first.storeMiB) / (last.after - first.after)),
    pairs: seen.map(({ storeMiB }) => [storeMiB]),
  })
  if (last.fds > first.fds + maxGrowth.fds || last.sockets > first.sockets + maxGrowth.fds) {
    bench.say(`file descriptors or sockets grew: ${JSON.stringify(seen)}`)
    process.exitCode = 1
  }
})
