import { createConnection } from 'mysql2/promise'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fileNameOf, snapshot } from '../../lab/index.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { expectCluster } from '../lab/expectCluster.ts'
import { failingAt, nodeHook } from '../lab/nodeHook.ts'
import { causes, type Scene, startScene } from '../lab/scene.ts'
import { type PackageSet, packageSets, packagesOf, titleOf } from './sets.ts'
import { measuredTable, seconds } from './table.ts'

const password = 'Aa11--pylon'
const table = measuredTable([
  'server',
  'OBProxy',
  'agent',
  'create and a failed create rolled back, s',
  'OBProxy made, linked, deleted, s',
  'standby made, deleted, s',
  'delete, s',
])
afterAll(() => table.print())

const planned = expand(createClusterPlan, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })
/** All but the last steps are done: a rollback has everything to take back. */
const failing = failingAt({
  index: planned.findIndex(({ name }) => name === 'Sync all tenant information'),
  when: 'after',
})

const id = z.looseObject({ id: z.number() })
const shown = z.looseObject({ status: z.string() })
const made = z.looseObject({ id: z.number(), clusterId: z.number() })
const madeProxy = z.looseObject({ id: z.number(), obproxyClusterId: z.number() })

/** Steps of a cluster's life on two hosts: it is on the first one. */
function stepsOf(set: PackageSet, scene: Scene, hook: ReturnType<typeof nodeHook>) {
  const [packageName, version] = set.server
  const { hostIds } = scene.inventory
  const [first, second] = scene.lab.hosts
  if (!first || !second) throw new Error('the lab has too few hosts')

  const succeeded = async (taskId: number): Promise<void> => {
    const task = await scene.ended(taskId)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
  }
  const create = (name: string, host: number) =>
    scene.create({ name, password, version, zones: [{ name: 'zone1', hosts: [host] }] })
  const remove = async (path: string): Promise<void> =>
    succeeded(id.parse(await scene.send('DELETE', path)).id)
  const isRunning = async (clusterId: number): Promise<void> =>
    expect(shown.parse(await scene.send('GET', `/api/v2/ob/clusters/${clusterId}`)).status).toBe(
      'RUNNING',
    )

  return {
    async create(): Promise<number> {
      const { id: taskId, clusterId } = await create('protoss', 0)
      await succeeded(taskId)
      await isRunning(clusterId)
      const primaryZone = version.startsWith('4.') ? 'RANDOM' : 'zone1'
      await expectCluster({
        name: 'protoss',
        password,
        version,
        packageName,
        hosts: [first],
        primaryZone,
      })
      return clusterId
    },
    async failAndRollBack(): Promise<void> {
      const { id: taskId } = await hook.post(failing, () => create('zerg', 1))
      expect((await scene.ended(taskId)).status).toBe('FAILED')
      await scene.send('POST', `/api/v2/tasks/instances/${taskId}/rollback`)
      await succeeded(taskId)
    },
    async proxyLife(): Promise<void> {
      const { id: taskId, obproxyClusterId } = madeProxy.parse(
        await scene.send('POST', '/api/v2/obproxy/clusters', {
          name: 'odp',
          workMode: 'CONFIG_URL',
          obLinks: [{ clusterName: 'protoss', obClusterId: 1 }],
          obproxyInstallParam: { hostIds: [hostIds[1]] },
        }),
      )
      await succeeded(taskId)
      const login = { host: second.ip, port: 2883, user: 'root@sys#protoss', password }
      const connection = await createConnection(login)
      const [databases] = await connection.query('SHOW DATABASES')
      await connection.end()
      expect(databases).toContainEqual({ Database: 'oceanbase' })
      await remove(`/api/v2/obproxy/clusters/${obproxyClusterId}`)
    },
    async standbyLife(): Promise<void> {
      const server = packagesOf(set).find(({ name }) => name === packageName)
      const body = {
        name: 'protoss',
        type: 'STANDBY',
        password,
        rpmName: server && fileNameOf(server, process.arch === 'arm64' ? 'aarch64' : 'x86_64'),
        primaryClusterInfo: { rootSysPassword: password, obClusterId: 1, vpcId: 1 },
        zones: [{ name: 'zone1', idcName: 'hz1', servers: [hostIds[1]] }],
      }
      const { id: taskId, clusterId } = made.parse(
        await scene.send('POST', '/api/v2/ob/clusters', body),
      )
      await succeeded(taskId)
      await isRunning(clusterId)
      await remove(`/api/v2/ob/clusters/${clusterId}`)
    },
    remove: (clusterId: number) => remove(`/api/v2/ob/clusters/${clusterId}`),
  }
}

describe.each(packageSets.map((set) => ({ title: titleOf(set.server), set })))(
  '$title',
  ({ set }) => {
    it('is created, served by an OBProxy, followed by a standby where it can be, and deleted; hosts are as before, also after a rollback', async () => {
      const hook = nodeHook()
      await using scene = await startScene({
        hosts: 2,
        idcOf: () => 'hz1',
        obproxy: true,
        packages: packagesOf(set),
        obflow: { interceptors: [hook.interceptor] },
      })
      const steps = stepsOf(set, scene, hook)
      const now = () => Promise.all(scene.lab.hosts.map((host) => snapshot(host)))
      const before = await now()
      let clusterId = 0
      const created = await seconds(async () => {
        ;[clusterId] = await Promise.all([steps.create(), steps.failAndRollBack()])
      })
      expect((await now())[1]).toEqual(before[1])
      const proxied = await seconds(steps.proxyLife)
      const followed = set.standby ? await seconds(steps.standbyLife) : '–'
      expect((await now())[1]).toEqual(before[1])
      const deleted = await seconds(() => steps.remove(clusterId))
      expect(await now()).toEqual(before)
      table.add([
        titleOf(set.server),
        titleOf(set.obproxy),
        titleOf(set.agent),
        created,
        proxied,
        followed,
        deleted,
      ])
    })
  },
)
