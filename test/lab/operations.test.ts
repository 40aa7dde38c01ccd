import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiError } from '../../src/cli/client.ts'
import type { Task } from '../../src/cli/taskSchema.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { recordHistory } from '../replay/record.ts'
import { failingAt, nodeHook, type Place } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

const planned = expand(createClusterPlan, { hosts: [{ id: 1, ip: '10.0.0.1' }], zones: ['zone1'] })
const placeOf = (name: string) => planned.findIndex((subtask) => subtask.name === name)

/** Looks every 50 ms until it is so; the test's own timeout ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50)
}

// Each has a host of its own, so they go side by side.
describe.concurrent('a run on a real host', () => {
  const hook = nodeHook()
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene({
      hosts: 4,
      idcOf: () => 'hz1',
      obflow: { interceptors: [hook.interceptor] },
    })
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const hostAt = (index: number) => {
    const host = scene.lab.hosts[index]
    if (!host) throw new Error(`no host ${index}`)
    return host
  }
  const createOn = (host: number, name: string) =>
    scene.create({
      name,
      password: 'Aa11--pylon',
      version: '4.2.1.8',
      zones: [{ name: 'zone1', hosts: [host] }],
    })
  const post = (id: number, call: string) =>
    scene.api.post(`/api/v2/tasks/instances/${id}/${call}`, undefined, z.unknown())
  const subtask = (task: Task, name: string) => {
    const found = task.subtasks[placeOf(name)]
    if (!found) throw new Error(`no subtask ${name}`)
    return found
  }
  const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'accepted',
      (error: unknown) => (error instanceof ApiError ? error.code : error),
    )
  const logOf = async (id: number, subtaskId: number) =>
    (
      await scene.api.get(
        `/api/v2/tasks/instances/${id}/subtasks/${subtaskId}/log`,
        z.object({ log: z.string() }),
      )
    ).data.log

  it('of two retries at the same moment one counts, and the failed node runs once more', async () => {
    const failing = failingAt({ index: placeOf('Install rpm'), when: 'before' })
    const { id } = await hook.post(failing, () => createOn(0, 'retried'))
    const failed = await scene.ended(id)
    expect(failed.status).toBe('FAILED')
    await recordHistory(scene.temporal, id, 'failed-1-host')
    hook.leave(id)
    const answers = await Promise.all([refusalOf(post(id, 'retry')), refusalOf(post(id, 'retry'))])
    expect(answers.sort()).toEqual(['TSK10007', 'accepted'])
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect({ status: task.status, operation: task.operation }).toEqual({
      status: 'SUCCESSFUL',
      operation: 'RETRY',
    })
    const { id: subtaskId, operation, runTime } = subtask(task, 'Install rpm')
    expect({ operation, runTime }).toEqual({ operation: 'RETRY', runTime: 2 })
    expect((await logOf(id, subtaskId)).match(/^#+\{\w+\}/gm)).toEqual([
      '############{EXECUTE}',
      '############{RETRY}',
    ])
    expect(await refusalOf(post(id, 'rollback'))).toBe('TSK10007')
    await recordHistory(scene.temporal, id, 'retried-1-host')
  })

  it('a node that is skipped is shown as skipped, and those after it run', async () => {
    const failing = failingAt({ index: placeOf('Do io bench'), when: 'before' })
    const { id } = await hook.post(failing, () => createOn(1, 'skipped'))
    const failed = await scene.ended(id)
    const { id: subtaskId } = subtask(failed, 'Do io bench')
    expect(await refusalOf(post(id, `subtasks/${failed.subtasks[0]?.id}/skip`))).toBe('TSK10007')
    await post(id, `subtasks/${subtaskId}/skip`)
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    expect(subtask(task, 'Do io bench')).toMatchObject({
      status: 'SUCCESSFUL',
      operation: 'SKIP',
      runTime: 1,
    })
    expect(
      await hostAt(1).exec('test -e /home/admin/oceanbase/etc/io_resource.conf'),
    ).toMatchObject({ code: 1 })
    await recordHistory(scene.temporal, id, 'skipped-1-host')
  })

  it('a node that is cancelled ends on its host too, is FAILED, and can be run again', async () => {
    const { id } = await createOn(2, 'cancelled')
    const host = hostAt(2)
    // One that has ended keeps its name until it is reaped.
    const measuring = async () =>
      (await host.exec("pgrep --runstates RSDT -f 'io_bench|fio'")).code === 0
    await until(measuring)
    // It hangs now, so that it cannot be through before the cancellation reaches it, and must be
    // killed.
    await host.exec("pkill -STOP -f 'io_bench|fio'")
    const { id: subtaskId } = subtask(await scene.task(id), 'Do io bench')
    await post(id, `subtasks/${subtaskId}/cancel`)
    const failed = await scene.ended(id)
    // Killed it is; a process whose I/O is under way takes until that ends to be gone.
    await until(async () => !(await measuring()))
    // The bench's own guard takes its folder away when it has seen it killed.
    const traces = async () => (await host.exec('ls -A /run/obflow /data/1/cancelled')).stdout
    await until(async () => !(await traces()).includes('bench'))
    expect(failed.status).toBe('FAILED')
    expect(subtask(failed, 'Do io bench')).toMatchObject({
      status: 'FAILED',
      operation: 'CANCEL',
      error: { code: 'TSK10014' },
    })
    await post(id, `subtasks/${subtaskId}/retry`)
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    await recordHistory(scene.temporal, id, 'cancelled-1-host')
  })

  it('an observer that is gone between two nodes, the last two included, is started again and the create ends by itself', async () => {
    const host = hostAt(3)
    const killed = new Set<string>()
    const afterwards = [
      'Restart observer process',
      'Start ocp agent service',
      'Trigger compaction',
    ].map(placeOf)
    const killing = async ({ index, when }: Place): Promise<void> => {
      if (!afterwards.includes(index) || when !== 'after') return
      const pid = (await host.must(['cat', '/home/admin/oceanbase/run/observer.pid'])).trim()
      await host.must(['kill', '-KILL', pid])
      killed.add(pid)
    }
    const { id } = await hook.post(killing, () => createOn(3, 'rebooted'))
    const task = await scene.ended(id)
    expect(killed.size).toBe(3)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    expect((await host.must(['pgrep', '-cx', 'observer'])).trim()).toBe('1')
  })
})
