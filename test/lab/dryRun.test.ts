import { basename } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { buildPackages, type LabHost } from '../../lab/index.ts'
import { createRequest } from '../../lab/scenario.ts'
import { doctor } from '../../src/cli/doctor/doctor.ts'
import type { DoctorFlags } from '../../src/cli/doctor/options.ts'
import { type Scene, startScene } from './scene.ts'

let scene: Scene
let rpmName: string
beforeAll(async () => {
  scene = await startScene({ hosts: 2, idcOf: () => 'hz1' })
  rpmName = basename(
    (await buildPackages()).find(
      ({ name, version }) => name === 'oceanbase' && version === '4.2.1.8',
    )?.path ?? '',
  )
})
afterAll(() => scene?.[Symbol.asyncDispose]())

const finding = z.object({
  code: z.string(),
  level: z.enum(['FATAL', 'WARN']),
  message: z.string(),
  advice: z.string(),
  hostId: z.number(),
})
const dry = z.object({
  id: z.null(),
  admission: z.array(z.object({ code: z.string() })),
  preCheck: z.array(finding),
  tasks: z.array(z.object({ name: z.string(), hostIp: z.string().optional() })),
})

const doctorReport = z.object({
  hosts: z.array(
    z.looseObject({
      host: z.string(),
      findings: z.array(z.object({ code: z.string(), level: z.string() })),
    }),
  ),
})

const hostAt = (index: number): LabHost => {
  const host = scene.lab.hosts[index]
  if (!host) throw new Error(`the lab has no host ${index}`)
  return host
}

const body = (name: string) =>
  createRequest(scene.inventory, {
    name,
    password: 'Aa11--gateway',
    rpmName,
    zones: [
      { name: 'zone1', hosts: [0] },
      { name: 'zone2', hosts: [1] },
    ],
  })

const ask = async (name: string) =>
  (await scene.api.post('/api/v2/ob/clusters?dryRun=true', body(name), dry)).data
const fatal = (found: Awaited<ReturnType<typeof ask>>) =>
  found.preCheck.filter(({ level }) => level === 'FATAL')

/**
 * What being logged in to and asked for packages leaves of itself: sshd's log, and the index by
 * which rpm reads its database.
 */
const ownTraces = /^\/var\/log\/sshd\.log |rpmdb\.sqlite-shm /

/**
 * Every file of a host with type, owner, size and time of change, its packages and its processes.
 */
const stateOf = async (host: LabHost): Promise<string> =>
  (
    await host.exec(
      `find / -xdev \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -printf '%p %y %u %s %T@\\n' | sort; rpm -qa; ps -e -o pid=,args= | grep -v sshd`,
    )
  ).stdout
    .split('\n')
    .filter((line) => !/\b(find|sort|ps|grep)\b/.test(line) && !ownTraces.test(line))
    .join('\n')

/** All that the API shows. */
const shown = async () => {
  const all = ['ob/clusters', 'compute/hosts', 'tasks/instances', 'software-packages']
  return Promise.all(
    all.map(async (path) => (await scene.api.get(`/api/v2/${path}?size=100`, z.unknown())).data),
  )
}

it('a create that is asked about says what would happen and leaves hosts and store as they were', async () => {
  const before = [await shown(), await stateOf(hostAt(0)), await stateOf(hostAt(1))]
  const found = await ask('protoss')
  expect(found.admission).toEqual([])
  expect(fatal(found)).toEqual([])
  expect(found.tasks).toHaveLength(29)
  expect(found.tasks.filter(({ hostIp }) => hostIp === hostAt(1).ip)).toHaveLength(6)
  expect([await shown(), await stateOf(hostAt(0)), await stateOf(hostAt(1))]).toEqual(before)
})

it('what stands in the way on a host is found there, and a host that is down is a finding', async () => {
  await hostAt(0).must([
    'bash',
    '-c',
    'mkdir -p /home/admin/oceanbase/etc && echo x > /home/admin/oceanbase/etc/observer.config.bin',
  ])
  await hostAt(1).fault('sshdDown')
  const [first, second] = scene.inventory.hostIds
  const found = fatal(await ask('protoss'))
  expect(found).toContainEqual(expect.objectContaining({ code: 'OBE11021', hostId: first }))
  expect(found.filter(({ hostId }) => hostId === second)).toEqual([
    expect.objectContaining({ code: 'CMP07015' }),
  ])
  await hostAt(1).heal('sshdDown')
  await hostAt(0).must(['rm', '-r', '/home/admin/oceanbase'])
})

it('a host from which nothing comes back is a finding, and the answer there within 20 s', async () => {
  await hostAt(1).fault('networkDown')
  const startedAt = performance.now()
  const found = fatal(await ask('protoss'))
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  expect(found).toEqual([
    expect.objectContaining({ code: 'CMP07015', hostId: scene.inventory.hostIds[1] }),
  ])
  await hostAt(1).heal('networkDown')
})

it('the hosts are looked at although the request would be refused, and no run fills the list of Temporal', async () => {
  const { data } = await scene.api.post(
    '/api/v2/ob/clusters?dryRun=true',
    { ...body('protoss'), rpmName: 'oceanbase-4.2.9.9-1.el7.x86_64.rpm' },
    dry,
  )
  expect(data.admission.map(({ code }) => code)).toEqual(['PKG10014'])
  expect(data.preCheck).not.toEqual([])
  expect(fatal(data)).toEqual([])
  for await (const { type } of scene.temporal.workflow.list()) expect(type).toBe('prepareHost')
  const looks = scene.temporal.activity.list(
    "ActivityType = 'lookAtHosts' AND ExecutionStatus = 'Running'",
  )
  for await (const { activityId } of looks) expect.unreachable(`${activityId} still runs`)
})

it('obflow doctor sees of hosts and packages what a create would, and leaves the hosts as they were', async () => {
  const before = [await stateOf(hostAt(0)), await stateOf(hostAt(1))]
  const packages = await buildPackages()
  const server = packages.find(({ path }) => path.endsWith(rpmName))
  const flags: DoctorFlags = {
    hosts: `${hostAt(0).ip},${hostAt(1).ip}`,
    key: scene.lab.users.root.privateKeyFile,
    package: [server?.path ?? ''],
    output: 'json',
  }
  const run = async () => {
    const texts: string[] = []
    const out = (text: string) => void texts.push(text)
    const good = await doctor(flags, { env: {}, color: false, out })
    return { good, ...doctorReport.parse(JSON.parse(texts.join(''))) }
  }
  const { good, hosts } = await run()
  // Two zones survive the loss of none.
  expect(hosts.flatMap(({ findings }) => findings)).toMatchObject([
    { code: 'OBE18010', level: 'WARN' },
  ])
  expect(good).toBe(true)
  expect(hosts[0]).toMatchObject({
    host: hostAt(0).ip,
    memory: { memoryLimit: 54_975_581_388, systemMemory: 7 * 2 ** 30 },
    network: {
      device: 'eth0',
      reachedFrom: [2882, 2881].map((port) => ({ host: hostAt(1).ip, port, reached: true })),
    },
  })
  await hostAt(1).fault('memory', 7)
  const sick = await run()
  await hostAt(1).heal('memory')
  expect(sick.good).toBe(false)
  expect(sick.hosts[1]?.findings).toMatchObject([{ code: 'OBE19019', level: 'FATAL' }])
  expect([await stateOf(hostAt(0)), await stateOf(hostAt(1))]).toEqual(before)
})
