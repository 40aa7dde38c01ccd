import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type HostSnapshot, snapshot } from '../../lab/index.ts'
import { createPrimaryCluster } from '../../src/plan/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { connect } from '../../src/store/db.ts'
import { storeOver } from '../../src/store/index.ts'
import { recordHistory } from '../replay/record.ts'
import { dump, newKeys } from '../store/database.ts'
import { failingAt, nodeHook, type Place } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

/** Tables that tell what happened rather than what there is: a task outlives what it made. */
const histories = ['tasks', 'subtasks', 'subtask_logs', 'counters']

const planned = expand(createPrimaryCluster, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })

const bootstrap = planned.findIndex(({ name }) => name === 'Bootstrap ob')

/**
 * Up to "Bootstrap ob" a node that can be taken back fails before its work as well: then there is nothing, or less, to take back. Later ones only
 * write anew what their undo puts back.
 */
const failures: readonly (Place & { readonly node: string; readonly place: number; readonly version: string })[] =
  planned.flatMap(({ index, name, undo }) =>
    (undo === undefined || index > bootstrap ? (['after'] as const) : (['before', 'after'] as const)).map((when) => ({
      index,
      when,
      node: name,
      place: index + 1,
      version: ['4.2.1.8', '2.2.73', '3.2.4.1'][index % 3] ?? '',
    })),
  )

/** Files of others in every place that a create writes to. From "Do io bench" on they are there; before that the host is bare. */
const foreign = [
  '/data/1/others/file',
  '/data/log1/file',
  '/home/admin/oceanbase/etc/others.conf',
  '/home/admin/oceanbase/store/others/file',
  '/home/admin/oceanbase/notes.txt',
  '/home/admin/ocp_agent/conf/others.yaml',
]
const plantedFrom = planned.findIndex(({ name }) => name === 'Do io bench')

// Each node of a create fails in turn, on one host, and the create is rolled back; then the host takes the same request again.
describe('a create that failed at any of its nodes and is rolled back leaves host and store as before it was posted', () => {
  const hook = nodeHook()
  let scene: Scene
  let close: () => Promise<void>
  let database: Awaited<ReturnType<typeof connect>>['db']
  beforeAll(async () => {
    const connection = await connect({})
    database = connection.db
    close = connection.close
    const store = storeOver(connection, newKeys())
    scene = await startScene({ hosts: 1, idcOf: () => 'hz1', obflow: { store, interceptors: [hook.interceptor] } })
  })
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]()
    await close?.()
  })

  const host = () => {
    const [only] = scene.lab.hosts
    if (!only) throw new Error('one host was asked for')
    return only
  }
  const plant = async (): Promise<void> => {
    for (const path of foreign) await host().must(['bash', '-c', `mkdir -p "$(dirname "$0")" && echo "not ours" >"$0"`, path])
  }
  const create = (version: string) =>
    scene.create({ name: 'zerg', password: 'Aa11--hive', version, zones: [{ name: 'zone1', hosts: [0] }] })
  const rollback = (id: number) => scene.api.post(`/api/v2/tasks/instances/${id}/rollback`, undefined, z.unknown())

  /** Inventory and clusters as they stand; when a row was last written is not compared. */
  const tables = async () => {
    const all = Object.entries(await dump(database)).filter(([table]) => !histories.includes(table))
    const rows = z.array(z.record(z.string(), z.unknown()))
    return Object.fromEntries(all.map(([table, found]) => [table, rows.parse(found).map(({ updateTime: _, ...row }) => row)]))
  }
  const now = async (): Promise<HostSnapshot & { tables: unknown }> => ({
    ...(await snapshot(host())),
    tables: await tables(),
  })

  const expectTakenBack = async (id: number): Promise<void> => {
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect({ status: task.status, operation: task.operation }).toEqual({ status: 'SUCCESSFUL', operation: 'ROLLBACK' })
    const states = new Set(task.subtasks.map(({ status }) => status))
    expect([...states]).toEqual(['PENDING'])
    expect(task.subtasks.filter(({ operation }) => operation === 'ROLLBACK').length).toBeGreaterThan(0)
  }

  it.each(failures)('failed at node $place, $node, $when its work, OceanBase $version', async ({ index, when, version }) => {
    if (index >= plantedFrom) await plant()
    const before = await now()
    hook.set(failingAt({ index, when }))
    const { id } = await create(version)
    const failed = await scene.ended(id)
    expect(failed.status).toBe('FAILED')
    expect(failed.subtasks.findIndex(({ status }) => status === 'FAILED')).toBe(index)

    await rollback(id)
    await expectTakenBack(id)
    expect(await now()).toEqual(before)
    if (index === 5 && when === 'after') await recordHistory(scene.temporal, id, 'rolled-back-1-host')
  })

  it('and once more when an undo failed: the rollback is asked for again', async () => {
    const before = await now()
    hook.set(failingAt({ index: 9, when: 'before' }))
    const { id } = await create('4.2.1.8')
    expect((await scene.ended(id)).status).toBe('FAILED')
    hook.set(failingAt({ index: 5, when: 'before', undoing: true }))
    await rollback(id)
    const stuck = await scene.ended(id)
    expect({ status: stuck.status, operation: stuck.operation }).toEqual({ status: 'FAILED', operation: 'ROLLBACK' })
    hook.clear()
    await rollback(id)
    await expectTakenBack(id)
    expect(await now()).toEqual(before)
  })

  it('and the same request posted again succeeds, beside the files of others', async () => {
    hook.clear()
    await plant()
    const { id } = await create('4.2.1.8')
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    for (const path of foreign) expect(await host().must(['cat', path])).toBe('not ours\n')
  })
})
