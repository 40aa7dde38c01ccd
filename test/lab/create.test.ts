import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recordHistory } from '../replay/record.ts'
import { expectCluster } from './expectCluster.ts'
import { causes, type Scene, startScene } from './scene.ts'

const cluster = z.object({ status: z.string(), obVersion: z.string().nullish() })
const reply = z.looseObject({ id: z.number(), clusterId: z.number() })

// Hosts 0 and 1 are a cluster's each, in hz2; the others are three zones of one.
const hosts = 5
const zoned = [2, 3, 4]
const idcOf = (index: number): string => (zoned.includes(index) ? `hz${index - 1}` : 'hz2')

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

  it('of three zones is RUNNING with all its servers ACTIVE, and its hosts hold what was promised', async () => {
    const version = '3.2.4.1'
    const { id, clusterId } = await scene.create({
      name: 'protoss',
      password: 'Aa11--pylon',
      version,
      zones: zoned.map((host, index) => ({ name: `zone${index + 1}`, hosts: [host] })),
    })
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.subtasks).toHaveLength(35)
    expect((await scene.api.get(`/api/v2/ob/clusters/${clusterId}`, cluster)).data.status).toBe(
      'RUNNING',
    )
    await expectCluster({
      name: 'protoss',
      password: 'Aa11--pylon',
      version,
      hosts: scene.lab.hosts.slice(2),
      primaryZone: 'zone1;zone2,zone3',
    })
    await recordHistory(scene.temporal, id, 'create-3-hosts-3.2')
  })
})
