import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { say } from '../../../src/errors/say.ts'
import { rpmFile } from '../../api/rpmFile.ts'
import { setTask } from '../../store/taskRows.ts'
import { type ServedApi, serveApi, succeed, whileWorking } from '../served.ts'

const server = 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm'
const agent = 'obagent-4.2.2-100000042024011120.el7.x86_64.rpm'
const proxy = 'obproxy-4.2.1.0-11.el7.x86_64.rpm'

const file = `packages: [${server}, ${agent}, ./${proxy}]
regions: {hangzhou: [hz1, hz2]}
login: {user: root, privateKey: file:key}
cluster:
  name: terran
  password: env:ROOT_PASSWORD
  parameters: {memory_limit: 16G, cpu_count: 8}
  zones:
    - {name: zone1, idc: hz1, hosts: [10.0.0.11]}
    - {name: zone2, idc: hz2, hosts: [10.0.0.12, 10.0.0.13]}
obproxy: {name: odp, idc: hz2, hosts: [10.0.0.14]}
`

let served: ServedApi
const write = (name: string, text: string | Buffer) => writeFile(join(served.cwd, name), text)
const rpm = (name: string, version: string, release: string) =>
  rpmFile({ name, version, release: `${release}.el7`, arch: 'x86_64' })

beforeAll(async () => {
  served = await serveApi()
  served.env.ROOT_PASSWORD = 'Aa11--gateway'
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await write('key', privateKey.export({ type: 'pkcs1', format: 'pem' }))
  await write(server, rpm('oceanbase', '4.2.1.8', '108000022024072217'))
  await write(agent, rpm('obagent', '4.2.2', '100000042024011120'))
  await write(proxy, rpm('obproxy', '4.2.1.0', '11'))
})
afterAll(() => served?.close())
beforeEach(async () => {
  await served.api.reset()
  await write('cluster.yaml', file)
})

/** What becomes of a task: it succeeds, and what it is about is as it should be then. */
async function carryOut({ taskId }: { taskId: number }): Promise<void> {
  const { api } = served
  const task = await api.store.tasks.get(taskId)
  if (task === undefined) throw new Error(`no task ${taskId}`)
  if (task.hostId !== null) {
    await api.store.hosts.setFacts(task.hostId, { architecture: 'x86_64' })
    await api.store.hosts.setStatus(task.hostId, 'AVAILABLE')
  }
  if (task.clusterId !== null) await api.store.clusters.setStatus(task.clusterId, 'RUNNING')
  if (task.obproxyClusterId !== null) {
    await api.store.obproxy.setStatus(task.obproxyClusterId, 'RUNNING')
    await api.store.obproxy.settle(task.obproxyClusterId, [task.clusterId ?? 1])
  }
  await succeed(api, taskId)
}

const apply = (...words: string[]) =>
  whileWorking(served.api, carryOut, () => served.obflow('apply', '-f', 'cluster.yaml', ...words))

describe('obflow plan', () => {
  it('says what would be made, and makes nothing', async () => {
    const before = await served.api.dump()
    const { code, stdout } = await served.obflow('plan', '-f', 'cluster.yaml')
    expect(code).toBe(0)
    for (const line of [
      `  + package   ${server}  (uploaded)`,
      '  + region    hangzhou',
      '  + IDC       hz2  (in region hangzhou)',
      '  + login     root@terran  (root, private key)',
      '  + hosts     10.0.0.12, 10.0.0.13, 10.0.0.14  (in IDC hz2, zone2, proxy)',
      `  + cluster   terran  (2 zones, 3 hosts, ${server})`,
      '  + obproxy   odp  (RS_LIST on 10.0.0.14)',
      'Plan: 11 to make, 0 to go on with, 0 there.',
    ])
      expect(stdout).toContain(`${line}\n`)
    expect(await served.api.dump()).toEqual(before)
    const data = JSON.parse(
      (await served.obflow('plan', '-f', 'cluster.yaml', '-o', 'json')).stdout,
    )
    expect(data.steps).toHaveLength(11)
  })

  it.each([
    ['a secret that is not set', 'env:ROOT_PASSWORD', 'env:NOBODY', undefined],
    ['a key that is not there', 'file:key', 'file:nokey', 'nokey cannot be read.'],
    ['a package that is nowhere', agent, 'vim-9.rpm', 'there is no file'],
    ['no server package', `${server}, `, '', 'none of them is a server package'],
  ])('names %s before anything is made', async (_, from, to, says) => {
    await write('cluster.yaml', file.replace(from, to))
    const { code, stderr } = await served.obflow('plan', '-f', 'cluster.yaml')
    if (says === undefined) return
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
  })
})

describe('obflow apply', () => {
  it('makes all of it, then has nothing to do', async () => {
    const made = await apply('--yes')
    expect([made.code, made.stderr]).toEqual([
      0,
      expect.stringContaining(
        'Cluster terran is RUNNING: mysql -h 10.0.0.14 -P 2883 -u root@sys#terran -p',
      ),
    ])
    const cluster = JSON.parse(
      (await served.obflow('cluster', 'show', 'terran', '-o', 'json')).stdout,
    )
    expect(cluster).toMatchObject({
      status: 'RUNNING',
      zones: [
        { name: 'zone1', idcName: 'hz1', servers: [{ ip: '10.0.0.11' }] },
        { name: 'zone2', idcName: 'hz2', servers: [{ ip: '10.0.0.12' }, { ip: '10.0.0.13' }] },
      ],
    })
    const before = await served.api.dump()
    const again = await apply()
    expect(again).toEqual({
      code: 0,
      stdout:
        'Nothing to do: all that cluster.yaml describes is there, and cluster terran is RUNNING.\n',
      stderr: '',
    })
    expect(await served.api.dump()).toEqual(before)
    expect((await served.obflow('plan', '-f', 'cluster.yaml')).stdout).toContain('Nothing to do.')
  })

  it('asks first, and makes nothing where nobody can be asked', async () => {
    const before = await served.api.dump()
    const { code, stderr } = await apply()
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --yes to go on.')])
    expect(await served.api.dump()).toEqual(before)
  })

  it('stops before the create when the look at the hosts finds something, and goes on when it is gone', async () => {
    const { api } = served
    const found = {
      code: 'CMP07050',
      item: say`disk`,
      hostId: 1,
      host: '10.0.0.11',
      level: 'FATAL',
    } as const
    api.engine.found = [{ ...found, message: say`disk too small`, advice: say`grow it` }]
    const stopped = await apply('--yes')
    expect([stopped.code, stopped.stderr]).toEqual([
      1,
      expect.stringContaining('✖ 10.0.0.11 CMP07050 disk too small'),
    ])
    expect(stopped.stderr).toContain('goes on from here: obflow apply -f cluster.yaml')
    const planned = await served.obflow('plan', '-f', 'cluster.yaml')
    expect([planned.code, planned.stdout]).toEqual([1, expect.stringContaining('grow it')])
    api.engine.found = []
    expect(await apply('--yes')).toMatchObject({ code: 0 })
  })

  it('goes on with a host that failed, with the login as the file has it now', async () => {
    const { api } = served
    let failing = true
    const failFirst = async (task: { taskId: number }): Promise<void> => {
      const { hostId } = (await api.store.tasks.get(task.taskId)) ?? {}
      if (failing && hostId === 1) return setTask(api.db, task.taskId, 'FAILED')
      return carryOut(task)
    }
    const run = () =>
      whileWorking(api, failFirst, () => served.obflow('apply', '-f', 'cluster.yaml', '--yes'))
    expect((await run()).code).toBe(1)
    failing = false
    const again = await run()
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('  ~ host      10.0.0.11  (is NEW)'),
    ])
  })

  it('goes on with a create that failed', async () => {
    const { api } = served
    let failing = true
    const failCreate = async (task: { taskId: number }): Promise<void> => {
      const { clusterId } = (await api.store.tasks.get(task.taskId)) ?? {}
      if (failing && clusterId) return setTask(api.db, task.taskId, 'FAILED')
      return carryOut(task)
    }
    const run = () =>
      whileWorking(api, failCreate, () => served.obflow('apply', '-f', 'cluster.yaml', '--yes'))
    expect((await run()).code).toBe(1)
    failing = false
    const again = await run()
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('  ~ cluster   terran  (is CREATING)'),
    ])
    expect((await served.obflow('cluster', 'ls', '-o', 'name')).stdout).toBe('terran\n')
  })

  it('changes nothing of a cluster that is another one, and says in what', async () => {
    await apply('--yes')
    await write('cluster.yaml', file.replace('hosts: [10.0.0.12, 10.0.0.13]', 'hosts: [10.0.0.12]'))
    const { code, stdout } = await apply('--yes')
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('zone2 has 10.0.0.12, 10.0.0.13, not 10.0.0.12'),
    ])
  })
})

describe('obflow destroy', () => {
  it('says what would go, then removes proxies and cluster, and all else with --all', async () => {
    const { api, obflow } = served
    await apply('--yes')
    const said = await obflow('destroy', '-f', 'cluster.yaml', '--dry-run')
    expect([said.code, said.stdout]).toEqual([0, expect.stringContaining('- cluster terran\n')])
    expect(await obflow('destroy', '-f', 'cluster.yaml')).toMatchObject({ code: 2 })
    const remove = async ({ taskId }: { taskId: number }): Promise<void> => {
      const task = await api.store.tasks.get(taskId)
      if (task?.obproxyClusterId) await api.store.obproxy.release(task.obproxyClusterId)
      if (task?.clusterId) {
        await api.store.clusters.forget(task.clusterId)
        await api.store.clusters.unreserve(task.clusterId)
      }
      await setTask(api.db, taskId, 'SUCCESSFUL')
    }
    const gone = await whileWorking(api, remove, () =>
      obflow('destroy', '-f', 'cluster.yaml', '--all', '--yes'),
    )
    expect([gone.code, gone.stderr]).toEqual([
      0,
      expect.stringContaining('Forgotten: host 10.0.0.11'),
    ])
    for (const kind of ['cluster', 'host', 'obproxy', 'region', 'idc', 'package', 'credential'])
      expect((await obflow(kind, 'ls', '-o', 'name')).stdout).toBe('')
    expect((await obflow('destroy', '-f', 'cluster.yaml')).stdout).toContain('Nothing to do')
  })
})
