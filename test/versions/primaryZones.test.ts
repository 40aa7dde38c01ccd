import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { catalog } from '../../lab/index.ts'
import { expectCluster } from '../lab/expectCluster.ts'
import { causes, type Scene, startScene } from '../lab/scene.ts'
import { measuredTable, seconds } from './table.ts'

const password = 'Aa11--pylon'
const table = measuredTable(['version', 'posted', 'of sys', 'create, s', 'delete, s'])
afterAll(() => table.print())

const zones = [0, 1, 2].map((host) => ({ name: `zone${host + 1}`, hosts: [host] }))

/**
 * As posted, and as the kernel writes it where zone1 and zone2 lie in one region and zone3 in
 * another; test/oceanbase/primaryZone.test.ts has more of them, and the source.
 */
const forms = [
  ['', undefined],
  ['zone1', 'zone1;zone2'],
  ['zone1;zone2', 'zone1;zone2'],
  ['zone1;zone3', 'zone1;zone2;zone3'],
  ['zone2;zone1,zone3', 'zone2;zone1;zone3'],
] as const

const id = z.looseObject({ id: z.number() })

describe.each([
  { version: '3.2.4.1', unposted: 'zone1;zone2' },
  { version: '4.2.1.8', unposted: 'RANDOM' },
])('three zones of $version in two regions', ({ version, unposted }) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({
      hosts: 3,
      idcOf: (index) => `idc${index + 1}`,
      regionOf: (idc) => (idc === 'idc3' ? 'west' : 'east'),
      packages: catalog.filter(
        ({ name, version: built }) =>
          (name === 'oceanbase' && built === version) ||
          (name === 't-oceanbase-ocp-agent' && built === '4.2.0'),
      ),
    })
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const succeeded = async (taskId: number): Promise<void> => {
    const task = await scene.ended(taskId)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
  }

  it.each(forms)(
    'with the primary zone "%s" are a cluster that is RUNNING',
    async (posted, written) => {
      const primaryZone = written ?? unposted
      const cluster = { name: 'protoss', password, version }
      let clusterId = 0
      const created = await seconds(async () => {
        const task = await scene.create({ ...cluster, zones, primaryZone: posted })
        clusterId = task.clusterId
        await succeeded(task.id)
      })
      await expectCluster({ ...cluster, hosts: scene.lab.hosts, primaryZone })
      const deleted = await seconds(async () =>
        succeeded(id.parse(await scene.send('DELETE', `/api/v2/ob/clusters/${clusterId}`)).id),
      )
      table.add([version, posted || 'nothing', primaryZone, created, deleted])
    },
  )
})
