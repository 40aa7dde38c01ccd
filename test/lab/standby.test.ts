import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'
import { causes, type Scene, startScene } from './scene.ts'

const reply = z.looseObject({ id: z.number(), clusterId: z.number(), name: z.string() })
const shown = z.looseObject({ status: z.string(), type: z.string(), obClusterId: z.number() })
const shownHost = z.looseObject({ status: z.string() })
const password = 'Aa11--overlord'

const rows = async (host: LabHost | undefined, query: string): Promise<unknown> => {
  const connection = await createConnection({
    host: host?.ip ?? '',
    port: 2881,
    user: 'root@sys',
    password,
  })
  try {
    return (await connection.query(query))[0]
  } finally {
    await connection.end()
  }
}

describe('a primary of 2.2.73 and its standby', () => {
  let scene: Scene
  let standby = 0
  beforeAll(async () => {
    scene = await startScene({ hosts: 2, idcOf: () => 'hz1' })
    const { id } = await scene.create({
      name: 'zerg',
      password,
      version: '2.2.73',
      zones: [{ name: 'zone1', hosts: [0] }],
    })
    expect(causes(await scene.ended(id))).toBe('')
  }, 300_000)
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const post = async (rootSysPassword: string) => {
    const body = {
      name: 'zerg',
      type: 'STANDBY',
      password: rootSysPassword,
      rpmName: 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm',
      primaryClusterInfo: { rootSysPassword, obClusterId: 1, vpcId: 1 },
      zones: [{ name: 'zone1', idcName: 'hz1', servers: [2] }],
    }
    const { data } = await scene.api.post('/api/v2/ob/clusters', body, reply)
    return { ...data, task: await scene.ended(data.id) }
  }
  const standbys = () =>
    rows(
      scene.lab.hosts[0],
      'SELECT cluster_id AS id, cluster_status AS status FROM oceanbase.v$ob_standby_status',
    )

  it("stops before anything is made when the posted password is not the primary's", async () => {
    const { id, task } = await post('Bb22--hydralisk')
    expect(causes(task)).toMatch(/^Check primary cluster: OBE12000 .*rootSysPassword/)
    expect(causes(task)).not.toContain('Bb22--hydralisk')
    await scene.api.post(`/api/v2/tasks/instances/${id}/rollback`, {}, z.unknown())
    expect((await scene.ended(id)).status).toBe('SUCCESSFUL')
  }, 120_000)

  it('is unknown to its primary again when it is rolled back after its BOOTSTRAP, and its host is free', async () => {
    const agent = '/home/admin/ocp_agent/bin/ocp_agentctl'
    await scene.lab.hosts[1]?.exec(`chmod a-x ${agent}`)
    const { id, task } = await post(password)
    expect(causes(task)).toMatch(/^Refresh ocp agent config: /)
    expect(await standbys()).toEqual([{ id: 2, status: 'VALID' }])
    await scene.api.post(`/api/v2/tasks/instances/${id}/rollback`, {}, z.unknown())
    expect((await scene.ended(id)).status).toBe('SUCCESSFUL')
    expect(await standbys()).toEqual([])
    expect((await scene.api.get('/api/v2/compute/hosts/2', shownHost)).data.status).toBe(
      'AVAILABLE',
    )
    await scene.lab.hosts[1]?.exec(`chmod a+x ${agent}`)
  }, 300_000)

  it('is RUNNING as a PHYSICAL STANDBY that its primary counts as VALID', async () => {
    const { clusterId, task } = await post(password)
    standby = clusterId
    expect(causes(task)).toBe('')
    expect(task).toMatchObject({ name: 'Create standby OB cluster', status: 'SUCCESSFUL' })
    const { data } = await scene.api.get(`/api/v2/ob/clusters/${clusterId}`, shown)
    expect(data).toMatchObject({
      status: 'RUNNING',
      type: 'STANDBY',
      obClusterId: 2,
      primaryCluster: { obClusterId: 1 },
    })
    expect(
      await rows(scene.lab.hosts[1], 'SELECT cluster_role AS role FROM oceanbase.v$ob_cluster'),
    ).toEqual([{ role: 'PHYSICAL STANDBY' }])
    expect(await standbys()).toEqual([{ id: 2, status: 'VALID' }])
  }, 300_000)

  it('leaves its primary when it is deleted', async () => {
    const { data } = await scene.api.delete(`/api/v2/ob/clusters/${standby}`, reply)
    expect(data.name).toBe('Delete standby OB cluster')
    expect(causes(await scene.ended(data.id))).toBe('')
    expect(await standbys()).toEqual([])
  }, 180_000)
})
