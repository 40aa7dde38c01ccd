import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import { type HostSnapshot, type LabHost, snapshot } from '../../lab/index.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand, waitNode } from '../../src/plan/expand.ts'
import { openTestStore, type TestStore } from '../store/database.ts'
import { failingAt, nodeHook, type Place } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

/** Tables that tell what happened rather than what there is: a task outlives what it made. */
const histories = ['tasks', 'subtasks', 'subtask_logs', 'audit']

const planned = expand(createClusterPlan, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })

/** Where the first node of this name is in a create on one host. */
export const placeOf = (node: string): number => {
  const index = planned.findIndex(({ name }) => name === node)
  if (index === -1) throw new Error(`a create has no ${node}`)
  return index
}

/** From here on the cluster is RUNNING: it is deleted, and a rollback refused. */
const inUse = placeOf('Update OB cluster status')

/**
 * A host for each version line; as many creates fail, and are rolled back, side by side. 4.2.5 is
 * the community edition: three packages, with scriptlets that write beside them.
 */
export const versions = ['4.2.5.0', '2.2.73', '3.2.4.1'] as const

/** Where a create fails: at which node, before or after its work. */
export type Failure = Pick<Place, 'when'> & { readonly node: string }

/**
 * Every place. Up to "Bootstrap ob" a node that can be taken back fails before its work as well:
 * then there is nothing, or less, to take back. Later ones only write anew what their undo puts
 * back.
 */
export const everyFailure: readonly Failure[] = planned
  .filter(({ activity }) => activity !== waitNode)
  .flatMap(({ index, name, undo }) =>
    (undo === undefined || index > placeOf('Bootstrap ob')
      ? (['after'] as const)
      : (['before', 'after'] as const)
    ).map((when) => ({ node: name, when })),
  )

type Failing = Place & { readonly node: string; readonly host: number; readonly version: string }

/** Creates that fail side by side, each on the host of its version, with a title for each round. */
export const roundsOf = (failures: readonly Failure[]): (readonly [string, readonly Failing[]])[] =>
  Array.from({ length: Math.ceil(failures.length / versions.length) }, (_, round) => {
    const failing = failures
      .slice(round * versions.length, (round + 1) * versions.length)
      .map((failure, host) => ({
        ...failure,
        index: placeOf(failure.node),
        host,
        version: versions[host] ?? '',
      }))
    const title = failing
      .map(({ index, node, when, version }) => `${index + 1} ${node}, ${when} its work, ${version}`)
      .join('; ')
    return [title, failing]
  })

/**
 * Files of others beside all that a create writes; installPath itself has to be empty before it
 * (hostNodes.test.ts). From "Do io bench" on they are there; before that the host is bare.
 */
export const foreign = [
  '/data/1/others/file',
  '/data/log1/file',
  '/home/admin/ocp_agent/conf/others.yaml',
]
const plantedFrom = placeOf('Do io bench')

interface State {
  readonly hosts: readonly HostSnapshot[]
  readonly tables: unknown
}

/** Hosts of one lab on which creates fail and are taken back, for the tests of one `describe`. */
export function rollbacks() {
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

  const hostAt = (index: number): LabHost => {
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
  const now = async (): Promise<State> => ({
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
  const expectDone = async (id: number): Promise<void> => {
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
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

  return {
    hook,
    scene: () => scene,
    hostAt,
    plant,
    create,
    rollback,
    now,
    expectTakenBack,
    expectDone,
    /** Lets creates fail, takes them back, and finds all as before. Returns the last tasks. */
    async failAndTakeBack(failing: readonly Failing[]): Promise<readonly number[]> {
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
        await (used ? expectDone : expectTakenBack)(undone[index] ?? 0)
      expect(await now()).toEqual(before)
      return undone
    },
  }
}
