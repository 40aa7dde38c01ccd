import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bootstrapsOf, leftBehind } from '../../lab/chaos/inspect.ts'
import type { Container } from '../../lab/grown/index.ts'
import type { LabHost } from '../../lab/index.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { workflowId } from '../../src/plan/run.ts'
import { expectCluster } from '../lab/expectCluster.ts'
import { causes } from '../lab/scene.ts'
import { type GrownScene, startGrownScene } from './scene.ts'

const password = 'Aa11--corsair'
const state = z.object({ status: z.string() })

/**
 * Asks again and again, whatever is down meanwhile, until there is an answer; the test's own
 * timeout ends it.
 */
async function until<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    await pause(25)
  }
}

describe('while a create on three hosts runs', () => {
  let grown: GrownScene
  beforeAll(async () => {
    grown = await startGrownScene(3)
    // Bootstrap is worth being in the middle of.
    for (const host of grown.scene.lab.hosts) await host.fault('observer', { slowStartMs: 3000 })
  })
  afterAll(() => grown?.scene[Symbol.asyncDispose]())

  const firstHost = (): LabHost => {
    const [host] = grown.scene.lab.hosts
    if (!host) throw new Error('the lab has no host')
    return host
  }
  /** The worker that is in the middle of this node. */
  const workerAt = (taskId: number, activity: string): Promise<Container> =>
    until(async () => {
      const { raw } = await grown.scene.temporal.workflow
        .getHandle(workflowId('createCluster', 'protoss', taskId))
        .describe()
      const found = raw.pendingActivities?.find(
        ({ activityType, lastStartedTime }) => activityType?.name === activity && lastStartedTime,
      )
      const [, name] = found?.lastWorkerIdentity?.match(/^obflow@(.*):\d+$/) ?? []
      return grown.project.containers('worker').find((worker) => worker.name === name)
    })

  it('workers, PostgreSQL, an API and Temporal are killed in the middle of nodes, and it ends well with one BOOTSTRAP', async () => {
    const { scene, project, apis } = grown
    const zones = [0, 1, 2].map((host) => ({ name: `zone${host + 1}`, hosts: [host] }))
    const { id, clusterId } = await scene.create({
      name: 'protoss',
      password,
      version: '4.2.1.8',
      zones,
    })
    await (await workerAt(id, 'installRpm')).kill()
    await workerAt(id, 'ioBench')
    await project.container('postgresql').kill()
    const bootstrapping = await workerAt(id, 'bootstrapOb')
    await Promise.all(
      [bootstrapping, project.container('api'), project.container('temporal')].map((each) =>
        each.kill(),
      ),
    )
    await (await workerAt(id, 'startAgent')).restart()

    const path = `/api/v2/tasks/instances/${id}`
    const task: Task = await until(async () => {
      const { data } = await apis[1].get(path, taskSchema)
      return data.status === 'RUNNING' ? undefined : data
    })
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    expect(task.subtasks).toHaveLength(35)
    expect((await apis[1].get(`/api/v2/ob/clusters/${clusterId}`, state)).data.status).toBe(
      'RUNNING',
    )
    expect(await bootstrapsOf(firstHost())).toEqual({ begun: 1, done: 1 })
    expect((await Promise.all(scene.lab.hosts.map(leftBehind))).flat()).toEqual([])
    await expectCluster({
      name: 'protoss',
      password,
      version: '4.2.1.8',
      hosts: scene.lab.hosts,
      primaryZone: 'RANDOM',
    })
    // The API that was killed is back, and says the same.
    expect(await until(() => apis[0].get(path, taskSchema).then(({ data }) => data))).toEqual(task)
  })

  it('what one API accepts the other shows, retries and takes back', async () => {
    const { scene, apis } = grown
    const deleted = await apis[1].delete('/api/v2/ob/clusters/1', z.object({ id: z.number() }))
    expect(causes(await scene.ended(deleted.data.id))).toBe('')
    const failing = await Promise.all(
      ['zerg', 'terran'].map(async (name, index) => {
        const host = scene.lab.hosts[index]
        if (!host) throw new Error(`the lab has no host ${index}`)
        await host.heal('observer')
        await host.fault('diskFull', '/data/1')
        const zones = [{ name: 'zone1', hosts: [index] }]
        const { id } = await scene.create({ name, password, version: '4.2.1.8', zones })
        expect(causes(await scene.ended(id))).toMatch(/^Pre check for install OB: /)
        await host.heal('diskFull')
        return id
      }),
    )
    for (const [index, call] of ['retry', 'rollback'].entries())
      await apis[1].post(`/api/v2/tasks/instances/${failing[index]}/${call}`, {}, z.unknown())
    for (const id of failing) expect((await scene.ended(id)).status).toBe('SUCCESSFUL')
    const states = await Promise.all(
      [1, 2].map((id) => apis[1].get(`/api/v2/compute/hosts/${id}`, state)),
    )
    expect(states.map(({ data }) => data.status)).toEqual(['ONLINE', 'AVAILABLE'])
  })
})
