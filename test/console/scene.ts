import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { hashPassword } from '../../src/api/auth/password.ts'
import { Secret } from '../../src/quote.ts'
import { hosts, tasks } from '../../src/store/schema/index.ts'
import { openApi, type TestApi } from '../api/server.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'

const address = z.object({ port: z.number() })

export const admin = ['admin', 'admin-password'] as const
export const viewer = ['viewer', 'Viewers-words-1'] as const

export interface Scene {
  readonly api: TestApi
  readonly base: string
  close(): Promise<void>
}

/** The real API with the built console, over an embedded store; what it accepts is not run. */
export async function openScene(config: Parameters<typeof openApi>[0] = {}): Promise<Scene> {
  const consoleDir = join(import.meta.dirname, '../../console/dist')
  const api = await openApi({ consoleDir, maxPackageBytes: 100_000_000, ...config })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = address.parse(api.app.server.address())
  return { api, base: `http://127.0.0.1:${port}`, close: () => api.close() }
}

/** All hosts but the first as their preparation leaves them, at once. */
async function free({ api }: Scene, count: number): Promise<number[]> {
  const { hostIds } = await api.operations.acceptHosts({
    hosts: Array.from({ length: count }, (_, index) => ({
      innerIpAddress: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    })).slice(1),
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    credentialId: 1,
    creator,
  })
  await api.db.update(hosts).set({ architecture: 'x86_64', status: 'AVAILABLE' })
  return [...hostIds]
}

/** As many free hosts, OceanBase's package, and a user who only looks. */
export async function fill(scene: Scene, count: number): Promise<number[]> {
  const { api } = scene
  await api.reset()
  const first = await addHosts(api.store, 1)
  const ids = count > 1 ? [...first, ...(await free(scene, count))] : first
  await api.store.packages.create(packageNamed(sampleRpm))
  const [username, password] = viewer
  await api.store.users.create({
    username,
    passwordHash: await hashPassword(new Secret(password)),
    roles: ['CLUSTER_VIEWER'],
  })
  return ids
}

/** The create of a cluster over these hosts, in three zones where there are enough. */
export async function accept({ api }: Scene, ids: readonly number[]) {
  const count = Math.min(3, ids.length)
  const zones = Array.from({ length: count }, (_, zone) => ({
    name: `zone${zone + 1}`,
    idcName: 'hz2',
    servers: ids.filter((__, place) => place % count === zone),
  }))
  const { task } = await api.operations.acceptCluster({ request: newCluster({ zones }), creator })
  const whole = await api.store.tasks.get(task.id)
  if (!whole) throw new Error(`task ${task.id} is not there`)
  return whole
}

export const cause = {
  code: 'CMP07050',
  message: 'free space of /data/1 is 1 GB, less than 20 GB',
  advice: 'Free some space on /data/1, then retry.',
}

/** Everything before this stage is done, and the stage has failed on its first host. */
export async function failAt(scene: Scene, ids: readonly number[], stage: string) {
  const task = await accept(scene, ids)
  const { db } = scene.api
  const failed = task.subtasks.find(({ name }) => name === stage)
  if (!failed) throw new Error(`no ${stage}`)
  const start = Date.now() - failed.index * 1000 - 12_000
  await db
    .update(tasks)
    .set({ startTime: new Date(start) })
    .where(eq(tasks.id, task.id))
  for (const { id, index } of task.subtasks) {
    if (index >= failed.index) break
    const startTime = new Date(start + index * 1000)
    const finishTime = new Date(start + index * 1000 + 800)
    await setSubtask(db, id, { status: 'SUCCESSFUL', startTime, finishTime })
  }
  await setSubtask(db, failed.id, {
    status: 'FAILED',
    cause,
    startTime: new Date(start + failed.index * 1000),
    finishTime: new Date(),
  })
  await setTask(db, task.id, 'FAILED')
  return { taskId: task.id, failedId: failed.id, hosts: ids.length }
}
