import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { places } from '../../lab/hosts/machine.ts'
import { fileNameOf, type LabHost, snapshot } from '../../lab/index.ts'
import type { Task } from '../../src/cli/taskSchema.ts'
import { rpmFile } from '../api/rpmFile.ts'
import { measuredTable } from '../versions/table.ts'
import { agents, ce, glibc, packages, proxies, v2, v3 } from './packages.ts'
import { formerSources } from './product.ts'
import { type FormerScene, failures, password, startFormerScene } from './scene.ts'

// Reading OceanBase's sources found faults in the product of 2e852b1; here that product shows each of
// them on today's lab. Where one hides a later one, the test steps past it by hand and says how.

const table = measuredTable(['fault', 'what the product of 2e852b1 did'])
afterAll(() => table.print())

/** Writes down what happened, and gives it. */
const kept = (fault: string, words: string): string => {
  const line = words.replaceAll('|', '\\|').replaceAll('\n', ' · ')
  table.add([fault, line])
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${fault}: ${line}\n`)
  return words
}

const idcs = ['east1', 'west1', 'east2', 'east1', 'east2', 'west2', 'east3'] as const
const zone = (at: number) => ({ idc: idcs[at] ?? '', host: at })

let scene: FormerScene
beforeAll(async () => {
  scene = await startFormerScene(7, packages)
})
afterAll(() => scene?.[Symbol.asyncDispose]())

const query = async (host: LabHost, statement: string, login = ''): Promise<unknown> => {
  const connection = await createConnection({
    host: host.ip,
    port: 2881,
    user: 'root@sys',
    password: login,
  })
  try {
    return (await connection.query(statement))[0]
  } finally {
    await connection.end()
  }
}

const isAt = (task: Task, name: string, status = 'FAILED'): boolean =>
  task.subtasks.some((subtask) => subtask.name === name && subtask.status === status)

/** Goes on with a task until a node has failed, or all is over: retries, and skips agents. */
async function until(taskId: number, node: string): Promise<Task> {
  for (let tries = 0; ; tries++) {
    const task = await scene.ended(taskId)
    if (task.status !== 'FAILED' || isAt(task, node) || tries === 6) return task
    const names = task.subtasks.flatMap(({ status, name }) => (status === 'FAILED' ? name : []))
    const skipped = names.every((name) => /agent|io bench/.test(name))
    await (skipped ? scene.skip(taskId) : scene.retry(taskId))
  }
}

it('B1: no agent package as it really is can be installed', async () => {
  for (const at of [0, 1, 2, 3, 4, 5, 6]) {
    const agent = agents[at]
    if (agent) await scene.upload(agent[0], agent[1])
    const task = await scene.ended(await scene.prepare(at, zone(at).idc))
    expect(failures(task)).toMatch(
      /^Install ocp agent.*: PKG10012 .* without \/home\/admin\/ocp_agent\/bin\/ob_agentctl/,
    )
    if (agent) kept(`B1, ${agent.join(' ')}`, failures(task))
    await scene.skip(task.id)
  }
  for (const [name, version] of [ce, v2, v3, ...proxies]) await scene.upload(name, version)
  await scene.upload('obproxy-ce', '4.3.1.1')
})

it('M1: a community package is refused on an rpm distribution, its libraries at upload, and traces stay', async () => {
  const refused = await scene.upload('oceanbase-ce-libs', '4.2.5.0').then(() => '', String)
  expect(kept('M1, upload of oceanbase-ce-libs', refused)).toContain('oceanbase-ce-libs')
  const host = scene.host(2)
  const untouched = await snapshot(host)
  const file = fileNameOf(glibc, process.arch === 'arm64' ? 'aarch64' : 'x86_64')
  copyFileSync(join(places.repository, '.tools/rpms', file), join(host.root, 'root', file))
  await host.must(['rpm', '-i', '--nodeps', `/root/${file}`])
  const taskId = await scene.create('m1', ce, [zone(2)])
  expect(kept('M1, rpm distribution', failures(await scene.ended(taskId)))).toMatch(
    /^Install rpm on .*: .*oceanbase-ce-libs/s,
  )
  await host.must(['rpm', '-e', 'glibc'])
  await host.must(['rm', `/root/${file}`])
  await scene.retry(taskId)
  await scene.rollBack(taskId)
  const left = (await snapshot(host)).files.filter((file) => !untouched.files.includes(file))
  expect(kept('M1, left by the rollback', left.join('\n'))).toContain('oceanbase_clean.sh')
})

/** Tasks whose failure takes long: they go on beside the others. */
const slow: { primaryZone?: number; bootstrap?: number; received?: () => Promise<string> } = {}

it('M3: a BOOTSTRAP whose RPC fails is begun', async () => {
  const host = scene.host(5)
  await host.fault('observer', { refuseBootstrap: { errno: 4012, message: 'RPC post error' } })
  slow.bootstrap = await scene.create('m3', ce, [zone(5)])
  slow.received = async () =>
    (await host.exec('cat /home/admin/oceanbase/run/bootstrap.received')).stdout.trim()
})

it('M2: a primary zone that OceanBase rewrites is begun', async () => {
  slow.primaryZone = await scene.create('m2', ce, [zone(3), zone(4)], { primaryZone: 'zone1' })
})

it('M6: 5.x is accepted', async () => {
  const file = { name: 'oceanbase-ce', version: '5.0.1.0', release: '1.el8', arch: 'x86_64' }
  const form = new FormData()
  const name = 'oceanbase-ce-5.0.1.0-1.el8.x86_64.rpm'
  form.append('file', new Blob([new Uint8Array(rpmFile(file))]), name)
  const uploaded = await scene.api.post('/api/v2/software-packages', form, z.unknown())
  expect(uploaded.data).toMatchObject({ version: '5.0.1.0' })
  const taskId = await scene.create('m6', ce, [zone(2)], { rpmName: name })
  const task = await scene.ended(taskId)
  expect(kept('M6', `upload and POST accepted; ${failures(task)}`)).toContain('COM10001')
  await scene.rollBack(taskId)
})

it('M5, M12: 4.x is benched and restarted for nothing, and given 5G where it would take 7G', async () => {
  const taskId = await scene.create('m5', ce, [zone(2)])
  const task = await until(taskId, 'none')
  expect(kept('M5, the create', task.status)).toBe('SUCCESSFUL')
  const host = scene.host(2)
  expect(await scene.log(taskId, 'Do io bench')).toContain('write io_resource.conf')
  expect(await scene.log(taskId, 'Restart observer process')).toContain('restart observer')
  const calibration = await query(
    host,
    'SELECT STATUS AS status FROM oceanbase.GV$OB_IO_CALIBRATION_STATUS',
    password,
  )
  kept('M5', JSON.stringify(calibration))
  const [memory] = z
    .array(z.looseObject({ value: z.string() }))
    .parse(await query(host, "SHOW PARAMETERS LIKE 'system_memory'", password))
  kept('M12', `system_memory ${memory?.value}`)
  expect(calibration).toEqual([{ status: 'NOT AVAILABLE' }])
  expect(memory?.value).toMatch(/^5G/)
})

it('M4, M12: hosts pass Pre check whose observer cannot start', async () => {
  const host = scene.host(0)
  await host.fault('memory', 8)
  const small = await scene.ended(await scene.create('m4', ce, [zone(0)]))
  expect(kept('M4, M12, 8 GiB', failures(small))).toMatch(/^Bootstrap ob: /)
  await scene.rollBack(small.id)
  const parameters = { startupParameters: [{ name: 'system_memory', value: '0M' }] }
  const own = await scene.ended(await scene.create('m12', ce, [zone(0)], parameters))
  kept('M12, 8 GiB with the kernel’s own system_memory', `${own.status} ${failures(own)}`)
  expect(isAt(own, 'Bootstrap ob', 'SUCCESSFUL')).toBe(true)
  await host.heal('memory')
  await scene.rollBack(own.id)
  await host.fault('diskUsed', '/data/1', 15)
  const full = await scene.ended(await scene.create('m4', ce, [zone(0)]))
  await host.heal('diskUsed')
  expect(kept('M4, disk 15 % used', failures(full))).toMatch(/^Bootstrap ob: /)
  await scene.rollBack(full.id)
})

it('M9, M11: clocks 300 ms apart and SSH that is closed between hosts are FATAL', async () => {
  const [one, two] = [scene.host(0), scene.host(6)]
  await one.fault('clockSkew', 300)
  const clocks = await scene.ended(await scene.create('m9', ce, [zone(0), zone(6)]))
  await one.heal('clockSkew')
  expect(kept('M9', failures(clocks))).toMatch(/CMP07021|clocks/)
  await scene.rollBack(clocks.id)
  const closed = `to ${one.ip} ipproto tcp dport 22 unreachable`
  await two.must(['bash', '-c', `ip rule add ${closed}`])
  const peers = await scene.ended(await scene.create('m11', ce, [zone(0), zone(6)]))
  await two.must(['bash', '-c', `ip rule del ${closed}`])
  expect(kept('M11', failures(peers))).toContain('OBD-2007')
  await scene.rollBack(peers.id)
})

it('B3: three zones cannot be restarted', async () => {
  const taskId = await scene.create('b3', ce, [zone(0), zone(1), zone(6)])
  const task = await until(taskId, 'Restart observer process')
  expect(kept('B3', failures(task))).toMatch(/^Restart observer process: .*1146/)
  const again = await scene.retry(taskId)
  expect(kept('B3, retried', failures(again))).toMatch(/^Restart observer process: .*1146/)
  await scene.rollBack(taskId)
})

it('M8: 3.x with each zone alone in its region', async () => {
  const taskId = await scene.create('m8', v3, [zone(0), zone(1)])
  const task = await until(taskId, 'Bootstrap ob')
  expect(kept('M8', failures(task))).toMatch(/^Bootstrap ob: .*4016/)
  await scene.rollBack(taskId)
})

it('B2, M10, B3: ob_admin is not read; leftovers of a peer are not cleaned; a cluster that starts ends Bootstrap ob', async () => {
  const [one, two] = [scene.host(0), scene.host(6)]
  const taskId = await scene.create('b2', v2, [zone(0), zone(6)])
  const bench = await scene.ended(taskId)
  expect(kept('B2', failures(bench))).toMatch(
    /^Do io bench on .*: CMP07053 .*could not be measured/,
  )
  const leftover = '/data/log1/b2/clog/tenant_1'
  await two.must(['mkdir', leftover])
  const dirty = await scene.skip(taskId)
  expect(kept('M10', failures(dirty))).toMatch(/^Bootstrap ob: .*4005/)
  // BOOTSTRAP by hand, then what a reboot makes of its leader.
  await two.must(['rmdir', leftover])
  const members = [one, two].map(
    (host, index) => `REGION 'east' ZONE 'zone${index + 1}' SERVER '${host.ip}:2882'`,
  )
  await query(one, `ALTER SYSTEM BOOTSTRAP ${members.join(', ')}`)
  await one.fault('observer', { startWindowMs: 8000 })
  await one.must(['bash', '-c', 'kill -9 $(cat /home/admin/oceanbase/run/observer.pid)'])
  const starting = await scene.retry(taskId)
  await one.heal('observer')
  expect(kept('B3, Bootstrap ob', failures(starting))).toMatch(/^Bootstrap ob: .*1146/)
  await scene.rollBack(taskId)
})

/** What bench_io.sh of 4.x writes. Source: kernel 4.2.5, tools/ob_admin/io_bench/bench_io.sh. */
const benchOf4 = [
  'ob_admin',
  'io_type    io_size_byte    io_ps           io_rt_us  ',
  '0          16384           68895.00        463.57    ',
  '1          2097152         553.00          57000.00  ',
  '',
].join('\n')

/** Its bench would ask for a file of 100 GiB, so the reading alone is tried. */
it('B2: the bench of 4.x is not read', async () => {
  const { readBench } = z
    .looseObject({ readBench: z.custom<(text: string) => unknown>((each) => !!each) })
    .parse(await import(join(formerSources(), 'oceanbase/ioBench.ts')))
  expect(readBench(benchOf4)).toEqual({ tool: 'ob_admin', points: [] })
  kept('B2, readBench of what bench_io.sh writes', JSON.stringify(readBench(benchOf4)))
})

const proxy = z.looseObject({ id: z.number() })
const createProxy = async (at: number, version: string): Promise<Task> => {
  const { data: host } = await scene.api.get(
    '/api/v2/compute/hosts?size=50',
    z.looseObject({
      contents: z.array(z.looseObject({ id: z.number(), innerIpAddress: z.string() })),
    }),
  )
  const hostId = host.contents.find((each) => each.innerIpAddress === scene.host(at).ip)?.id
  const body = {
    name: `odp${version.replaceAll('.', '')}`,
    workMode: 'CONFIG_URL',
    obproxyInstallParam: { hostIds: [hostId], version },
  }
  const { data } = await scene.api.post('/api/v2/obproxy/clusters', body, proxy)
  return scene.ended(data.id)
}

it('B4: no OBProxy package as it really is can be installed', async () => {
  for (const [name, version] of proxies) {
    const task = await createProxy(1, version)
    kept(`B4, ${name} ${version}`, failures(task))
    expect(failures(task)).toMatch(/^Install obproxy rpm/)
    await scene.rollBack(task.id)
  }
})

it('B5: the administrator of a proxy of 4.3.1 has a password', async () => {
  const task = await createProxy(1, '4.3.1.1')
  expect(kept('B5', failures(task))).toMatch(/^Start obproxy on .*: OBE12000/)
})

it('M3: a BOOTSTRAP whose RPC fails is sent again and again', async () => {
  const taskId = slow.bootstrap ?? 0
  const started = Date.now()
  let received = ''
  // Two could be one and its second try: a third shows that nothing ends it.
  while (Number(received) < 3 && Date.now() - started < 600_000) {
    await pause(5000)
    received = (await slow.received?.()) ?? ''
  }
  const task = await scene.task(taskId)
  kept('M3', `${task.status} after ${received} BOOTSTRAPs: ${failures(task)}`)
  expect(task.status).toBe('RUNNING')
})

it('M2: a primary zone that OceanBase rewrites is never the one that was posted', async () => {
  const task = await until(slow.primaryZone ?? 0, 'Set sys primary zone')
  expect(kept('M2', failures(task))).toMatch(/^Set sys primary zone: /)
})
