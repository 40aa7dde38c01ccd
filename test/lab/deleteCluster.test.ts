import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'
import { hostState } from './hostState.ts'
import { causes, type Scene, startScene } from './scene.ts'

const host = z.object({ status: z.string(), services: z.array(z.object({ type: z.string() })) })
const reply = z.object({ id: z.number(), name: z.string(), clusterId: z.number() })
const zones = [{ name: 'zone1', hosts: [0] }]

describe('a cluster that is deleted', () => {
  let scene: Scene
  let target: LabHost
  beforeAll(async () => {
    scene = await startScene({ hosts: 1, idcOf: () => 'hz1' })
    const [first] = scene.lab.hosts
    if (!first) throw new Error('the lab has no host')
    target = first
  }, 300_000)
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const create = async () => {
    const created = await scene.create({
      name: 'terran',
      password: 'Aa11--marine',
      version: '2.2.73',
      zones,
    })
    const task = await scene.ended(created.id)
    expect(causes(task)).toBe('')
    return created
  }
  const remove = async (clusterId: number) => {
    const { data } = await scene.api.delete(`/api/v2/ob/clusters/${clusterId}`, reply)
    const task = await scene.ended(data.id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    return task
  }
  const hostNow = async () => (await scene.api.get('/api/v2/compute/hosts/1', host)).data

  it('leaves its host AVAILABLE and as it was, and the same request posted again succeeds', async () => {
    const before = await hostState(target)
    const { clusterId } = await create()
    expect(await hostNow()).toMatchObject({ status: 'ONLINE' })
    const task = await remove(clusterId)
    expect(task.name).toBe('Delete primary OB cluster')
    expect(task.subtasks.map(({ name }) => name)).toEqual([
      'Prepare delete cluster',
      'Stop ocp agent service',
      'Wait node',
      'Clean observer host',
      'Delete cluster info',
      'Unreserve host',
    ])
    expect(await hostState(target)).toEqual(before)
    expect(await hostNow()).toMatchObject({ status: 'AVAILABLE' })
    await expect(
      scene.api.get(`/api/v2/ob/clusters/${clusterId}`, z.unknown()),
    ).rejects.toMatchObject({ status: 404 })
    await create()
  }, 300_000)

  it("leaves what others put beside the cluster's files", async () => {
    const foreign = [
      '/data/1/terran/notes.txt',
      '/data/log1/backup.tar',
      '/home/admin/oceanbase/etc/mine.conf',
    ]
    await target.exec(`for path in ${foreign.join(' ')}; do echo mine >$path; done`)
    await remove(2)
    const { stdout } = await target.exec(
      `cat ${foreign.join(' ')}; find /data /home/admin/oceanbase -type f; rpm -q oceanbase || true`,
    )
    expect(stdout.split('\n').filter(Boolean).slice(0, 3)).toEqual(['mine', 'mine', 'mine'])
    expect(new Set(stdout.split('\n').filter((line) => line.startsWith('/')))).toEqual(
      new Set(foreign),
    )
    expect(stdout).toContain('oceanbase is not installed')
  }, 300_000)
})
