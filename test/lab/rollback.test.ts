import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type HostSnapshot, snapshot } from '../../lab/index.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand, waitNode } from '../../src/plan/expand.ts'
import { recordHistory } from '../replay/record.ts'
import { openTestStore, type TestStore } from '../store/database.ts'
import { failingAt, nodeHook, type Place } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

/** Tables that tell what happened rather than what there is: a task outlives what it made. */
const histories = ['tasks', 'subtasks', 'subtask_logs', 'counters', 'audit']

const planned = expand(createClusterPlan, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })

/** From here on the cluster is RUNNING: it is deleted, and a rollback refused. */
const inUse = planned.findIndex(({ name }) => name === 'Update OB cluster status')

const bootstrap = planned.findIndex(({ name }) => name === 'Bootstrap ob')

/**
 * Up to "Bootstrap ob" a node that can be taken back fails before its work as well: then there is
 * nothing, or less, to take back. Later ones only write anew what their undo puts back.
 */
const failures: readonly (Place & { readonly node: string })[] = planned
  .filter(({ activity }) => activity !== waitNode)
  .flatMap(({ index, name, undo }) =>
    (undo === undefined || index > bootstrap
      ? (['after'] as const)
      : (['before', 'after'] as const)
    ).map((when) => ({
      index,
      when,
      node: name,
    })),
  )

/**
 * A host for each version line; as many creates fail, and are rolled back, side by side. 4.2.5 is
 * the community edition: three packages, with scriptlets that write beside them.
 */
const versions = ['4.2.5.0', '2.2.73', '3.2.4.1']

const rounds = Array.from({ length: Math.ceil(failures.length / versions.length) }, (_, round) => {
  const failing = failures
    .slice(round * versions.length, (round + 1) * versions.length)
    .map((failure, host) => ({ ...failure, host, version: versions[host] ?? '' }))
  const title = failing
    .map(({ index, node, when, version }) => `${index + 1} ${node}, ${when} its work, ${version}`)
    .join('; ')
  return [title, failing] as const
})

/**
 * Files of others beside all that a create writes; installPath itself has to be empty before it
 * (hostNodes.test.ts). From "Do io bench" on they are there; before that the host is bare.
 */
const foreign = ['/data/1/others/file', '/data/log1/file', '/home/admin/ocp_agent/conf/others.yaml']
const plantedFrom = planned.findIndex(({ name }) => name === 'Do io bench')

// Each node of a create fails in turn, and the create is rolled back; then a host takes the same
// request again.
describe('a create that failed at any of its nodes and is rolled back, or deleted once it RUNs, leaves host and store as before it was posted', () => {
  const hook = nodeHook()
  let scene: Scene
  let database: TestStore
  beforeAll(async () => {
    database = await openTestStore()
    const obflow = { store: database.store, interceptors: [hook.interceptor] }
    scene = await startScene({ hosts: versions.length, idcOf: () => 'hz1', obflow })
  })
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]()
    await database?.close()
  })

  const hostAt = (index: number) => {
    const host = scene.lab.hosts[index]
    if (!host) throw new Error(`no host ${index}`)
    return host
  }
  const plant = async (host: number): Promise<void> => {
    const script =
      'for path; do mkdir -p "$(dirname "$path")" && echo "not ours" >"$path" || exit; done'
    await hostAt(host).must(['bash', '-c', script, 'plant', ...foreign])
  }
  const create = ({ host, version }: { readonly host: number; readonly version: string }) =>
    scene.create({
      name: `zerg${host + 1}`,
      password: 'Aa11--hive',
      version,
      zones: [{ name: 'zone1', hosts: [host] }],
    })
  const rollback = (id: number) =>
    scene.api.post(`/api/v2/tasks/instances/${id}/rollback`, undefined, z.unknown())

  /** Inventory and clusters as they stand; when a row was last written is not compared. */
  const tables = async () => {
    const all = Object.entries(await database.dump()).filter(
      ([table]) => !histories.includes(table),
    )
    const rows = z.array(z.record(z.string(), z.unknown()))
    return Object.fromEntries(
      all.map(([table, found]) => [
        table,
        rows.parse(found).map(({ updateTime: _, ...row }) => row),
      ]),
    )
  }
  const now = async (): Promise<{
    readonly hosts: readonly HostSnapshot[]
    readonly tables: unknown
  }> => ({
    hosts: await Promise.all(scene.lab.hosts.map((host) => snapshot(host))),
    tables: await tables(),
  })

  const expectTakenBack = async (id: number): Promise<void> => {
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect({ status: task.status, operation: task.operation }).toEqual({
      status: 'SUCCESSFUL',
      operation: 'ROLLBACK',
    })
    const states = new Set(task.subtasks.map(({ status }) => status))
    expect([...states]).toEqual(['PENDING'])
    expect(
      task.subtasks.filter(({ operation }) => operation === 'ROLLBACK').length,
    ).toBeGreaterThan(0)
  }

  /** Undoes a failed create, and returns the task that does. */
  const takeAway = async ({
    id,
    clusterId,
    used,
  }: {
    id: number
    clusterId: number
    used: boolean
  }): Promise<number> => {
    if (!used) {
      await rollback(id)
      return id
    }
    await expect(rollback(id)).rejects.toMatchObject({ status: 409 })
    const { data } = await scene.api.delete(
      `/api/v2/ob/clusters/${clusterId}`,
      z.object({ id: z.number() }),
    )
    return data.id
  }
  const expectDeleted = async (id: number): Promise<void> => {
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
  }

  it.each(rounds)('failed at node %s', async (_title, failing) => {
    await Promise.all(
      failing.flatMap(({ index, host }) => (index >= plantedFrom ? [plant(host)] : [])),
    )
    const before = await now()
    const failed = await Promise.all(
      failing.map(async (failure) => {
        const { id, clusterId } = await hook.post(failingAt(failure), () => create(failure))
        const task = await scene.ended(id)
        expect(task.status).toBe('FAILED')
        expect(task.subtasks.findIndex(({ status }) => status === 'FAILED')).toBe(failure.index)
        return { id, clusterId, used: failure.index >= inUse }
      }),
    )
    // All at the same moment: none takes back what belongs to another.
    const undone = await Promise.all(failed.map(takeAway))
    for (const [index, { used }] of failed.entries())
      await (used ? expectDeleted : expectTakenBack)(undone[index] ?? 0)
    expect(await now()).toEqual(before)
    const recorded = failing.findIndex(({ index, when }) => index === 5 && when === 'after')
    if (undone[recorded] !== undefined)
      await recordHistory(scene.temporal, undone[recorded], 'rolled-back-1-host')
  })

  const [version = ''] = versions

  it('and once more when an undo failed: the rollback is asked for again', async () => {
    const before = await now()
    hook.set(failingAt({ index: 9, when: 'before' }))
    const { id } = await create({ host: 0, version })
    expect((await scene.ended(id)).status).toBe('FAILED')
    hook.set(failingAt({ index: 5, when: 'before', undoing: true }))
    await rollback(id)
    const stuck = await scene.ended(id)
    expect({ status: stuck.status, operation: stuck.operation }).toEqual({
      status: 'FAILED',
      operation: 'ROLLBACK',
    })
    hook.clear()
    await rollback(id)
    await expectTakenBack(id)
    expect(await now()).toEqual(before)
  })

  it('and the same request posted again succeeds, beside the files of others', async () => {
    hook.clear()
    await plant(0)
    const { id } = await create({ host: 0, version })
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    for (const path of foreign) expect(await hostAt(0).must(['cat', path])).toBe('not ours\n')
  })
})
