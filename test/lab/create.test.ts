import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { typed } from '../cli/typed.ts'
import { recordHistory } from '../replay/record.ts'
import { expectCluster } from './expectCluster.ts'
import { hostState } from './hostState.ts'
import { causes, type Scene, startScene } from './scene.ts'

const cluster = z.object({ status: z.string(), obVersion: z.string().nullish() })
const reply = z.looseObject({ id: z.number(), clusterId: z.number() })

// Hosts 0 and 1 are a cluster's each, in hz2; the others are three zones of one.
const hosts = 5
const zoned = [2, 3, 4]
const idcOf = (index: number): string => (zoned.includes(index) ? `hz${index - 1}` : 'hz2')

/** What a user writes for the three zones; the packages were uploaded before. */
const fileFor = ({ lab }: Scene): string => `packages:
  - oceanbase-3.2.4.1-101000052023010822.el7.x86_64.rpm
  - t-oceanbase-ocp-agent-4.2.0-20231017100200.alios7.x86_64.rpm
login: {user: root, privateKey: 'file:${lab.users.root.privateKeyFile}'}
cluster:
  name: protoss
  password: env:ROOT_PASSWORD
  zones:
${zoned
  .map((host, index) => {
    const { ip } = lab.hosts[host] ?? {}
    return `    - {name: zone${index + 1}, idc: ${idcOf(host)}, hosts: [${ip}]}`
  })
  .join('\n')}
`

// A wider one, of two servers in a zone, is made and restarted in restartCluster.test.ts.
describe('a cluster', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({ hosts, idcOf })
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  it("of the API page's own sample, posted as it stands, ends in RUNNING 2.2.73 on its host", async () => {
    const body = {
      type: 'PRIMARY',
      name: 'terran',
      password: 'xxxxx',
      primaryZone: '',
      rpmName: 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm',
      zones: [{ name: 'zone1', idcName: 'hz2', servers: [1] }],
    }
    const { data } = await scene.api.post('/api/v2/ob/clusters', body, reply)
    const task = await scene.ended(data.id)
    expect(causes(task)).toBe('')
    expect(task.subtasks).toHaveLength(23)
    expect(task.status).toBe('SUCCESSFUL')
    expect(
      (await scene.api.get(`/api/v2/ob/clusters/${data.clusterId}`, cluster)).data.status,
    ).toBe('RUNNING')
    await expectCluster({
      name: 'terran',
      password: 'xxxxx',
      version: '2.2.73',
      hosts: scene.lab.hosts.slice(0, 1),
      primaryZone: 'zone1',
    })
    await recordHistory(scene.temporal, data.id, 'create-1-host-2.2.73')
  })

  it('is carried out as another OS user, whose are the files, and leaves nothing when the cluster is deleted', async () => {
    const [, host] = scene.lab.hosts
    if (!host) throw new Error('no second host')
    const setUp = await host.exec(
      'useradd --create-home obuser && chmod 711 ~obuser && chown obuser: /data/1 /data/log1',
    )
    expect(setUp).toMatchObject({ code: 0 })
    const look = `find / -xdev \\( -path /proc -o -path /tmp -o -path /var/log \\) -prune -o -user obuser -print | sort`
    const owned = async () => (await host.exec(look)).stdout.trim().split('\n')
    const before = await owned()
    const installPath = '/home/obuser/oceanbase'
    const body = {
      type: 'PRIMARY',
      name: 'tauren',
      password: 'Aa11--totem',
      rpmName: 'oceanbase-4.2.1.8-108000022024072217.el7.x86_64.rpm',
      zones: [{ name: 'zone1', idcName: 'hz2', servers: [scene.inventory.hostIds[1]] }],
      attributes: { operatingSystemUser: 'obuser', installPath },
    }
    const { data } = await scene.api.post('/api/v2/ob/clusters', body, reply)
    const task = await scene.ended(data.id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    const promised = {
      name: 'tauren',
      password: 'Aa11--totem',
      version: '4.2.1.8',
      hosts: [host],
      primaryZone: 'RANDOM',
    }
    await expectCluster({ ...promised, user: 'obuser', installPath })
    const foreign = await host.exec(
      `find ${installPath} /data/1/tauren /data/log1/tauren ! -user obuser`,
    )
    expect(foreign.stdout).toBe('')

    const { id } = z
      .object({ id: z.number() })
      .parse(await scene.send('DELETE', `/api/v2/ob/clusters/${data.clusterId}`))
    expect(causes(await scene.ended(id))).toBe('')
    expect(await owned()).toEqual(before)
    expect((await host.exec(`ls -d ${installPath}; ps -u obuser -o comm=`)).stdout).toBe('')
  })

  it('of three zones is made by one file and one command, which goes on after a failure, then has nothing to do; a destroy leaves its hosts as they were', async () => {
    const hosts = scene.lab.hosts.slice(2)
    // The file brings its hosts itself.
    for (const id of scene.inventory.hostIds.slice(2))
      await scene.send('DELETE', `/api/v2/compute/hosts/${id}`)
    const states = () => Promise.all(hosts.map(hostState))
    const before = await states()
    await writeFile(join(scene.dataDir, 'cluster.yaml'), fileFor(scene))
    const env = {
      OBFLOW_URL: scene.obflow.url,
      OBFLOW_PASSWORD: scene.adminPassword,
      ROOT_PASSWORD: 'Aa11--pylon',
      HOME: scene.dataDir,
    }
    const obflow = (...argv: string[]) => typed(argv, { env, cwd: scene.dataDir })
    const apply = () => obflow('apply', '-f', 'cluster.yaml', '--yes')

    const refusing = { refuseBootstrap: { errno: 4016, message: 'Internal error' } }
    await Promise.all(hosts.map((host) => host.fault('observer', refusing)))
    const failed = await apply()
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringContaining('goes on from here: obflow apply -f cluster.yaml'),
    ])
    expect(failed.stdout).toContain('Internal error')
    await Promise.all(hosts.map((host) => host.heal('observer')))
    const made = await apply()
    expect(made.stdout).toContain('  ~ cluster   protoss  (is CREATING)')
    expect(made.stderr, made.stdout).toContain('Cluster protoss is RUNNING: mysql -h')
    expect(made.code).toBe(0)
    const task = z
      .object({ id: z.number(), operation: z.string(), subtasks: z.array(z.unknown()) })
      .parse(JSON.parse((await obflow('task', 'show', 'protoss', '-o', 'json')).stdout))
    expect([task.operation, task.subtasks.length]).toEqual(['RETRY', 35])
    await expectCluster({
      name: 'protoss',
      password: 'Aa11--pylon',
      version: '3.2.4.1',
      hosts,
      primaryZone: 'zone1;zone2,zone3',
    })
    await recordHistory(scene.temporal, task.id, 'retried-3-hosts-3.2')

    const since = performance.now()
    expect(await apply()).toEqual({
      code: 0,
      stdout:
        'Nothing to do: all that cluster.yaml describes is there, and cluster protoss is RUNNING.\n',
      stderr: '',
    })
    const ms = Math.round(performance.now() - since)
    process.stdout.write(`An apply that had nothing to do took ${ms} ms.\n`)

    expect(await obflow('destroy', '-f', 'cluster.yaml', '--yes')).toMatchObject({ code: 0 })
    expect(await states()).toEqual(before)
    expect((await obflow('cluster', 'ls', '-o', 'name')).stdout).not.toContain('protoss')
  })
})
