import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'
import type { Task } from '../../src/cli/taskSchema.ts'
import { TransientError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import { recordHistory } from '../replay/record.ts'
import { expectCluster } from './expectCluster.ts'
import { failingAt, nodeHook, type Place } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

const password = 'Aa11--carrier'
const zoneNames = ['zone1', 'zone2', 'zone3'] as const
/** Hosts by zone, as positions in the lab: zones of two servers, and of one. */
const placed: readonly (readonly number[])[] = [[0, 1], [2], [3, 4]]
const zones = zoneNames.map((name, index) => ({ name, hosts: placed[index] ?? [] }))
const hostCount = placed.flat().length
const zoneOf = (host: number): number => zones.findIndex(({ hosts }) => hosts.includes(host))
const version = '4.2.1.8'

const reply = z.object({ id: z.number() })
const rehearsal = z.object({
  note: z.string(),
  hosts: z.array(z.unknown()),
  tasks: z.array(z.object({ id: z.number(), name: z.string(), zone: z.string().optional() })),
})
const shown = z.object({
  status: z.string(),
  zones: z.array(
    z.object({ status: z.string(), servers: z.array(z.object({ status: z.string() })) }),
  ),
})

/** A process by what no later one has again. */
const observerOf = async (host: LabHost): Promise<string> =>
  (
    await host.exec(
      'pid=$(cat /home/admin/oceanbase/run/observer.pid) && echo "$pid $(cut -d" " -f22 /proc/$pid/stat)"',
    )
  ).stdout.trim()

describe(`a ${version} cluster of ${hostCount} hosts in three zones`, () => {
  const hook = nodeHook()
  let scene: Scene
  let clusterId = 0
  let creation = 0
  let before: string[] = []
  beforeAll(async () => {
    scene = await startScene({
      hosts: hostCount,
      idcOf: (host) => `hz${zoneOf(host) + 1}`,
      obflow: { interceptors: [hook.interceptor] },
    })
    const created = await scene.create({ name: 'protoss', password, version, zones })
    expect(causes(await scene.ended(created.id))).toBe('')
    clusterId = created.clusterId
    creation = created.id
    await query('CREATE DATABASE kept')
    await query('CREATE TABLE kept.words (word VARCHAR(20))')
    await query("INSERT INTO kept.words VALUES ('en taro adun')")
    before = await observers()
  }, 900_000)
  afterAll(() => scene?.[Symbol.asyncDispose]())

  const observers = () => Promise.all(scene.lab.hosts.map(observerOf))
  const query = async (text: string, host = 0): Promise<unknown> => {
    const at = { host: scene.lab.hosts[host]?.ip ?? '', port: 2881 }
    const connection = await createConnection({ ...at, user: 'root@sys', password })
    try {
      return (await connection.query(text))[0]
    } finally {
      await connection.end()
    }
  }
  const path = () => `/api/v2/ob/clusters/${clusterId}`
  const planned = async () =>
    (await scene.api.post(`${path()}/restart?dryRun=true`, undefined, rehearsal)).data
  const placeOf = async (name: string, zone: string): Promise<number> =>
    (await planned()).tasks.findIndex((subtask) => subtask.name === name && subtask.zone === zone)
  const restart = () =>
    scene.api.post(`${path()}/restart`, undefined, reply).then(({ data }) => data)
  const cluster = async () => (await scene.api.get(path(), shown)).data
  const time = (text: string | null | undefined): number => Date.parse(text ?? '')
  /** From the first start to the last end of a zone's subtasks. */
  const turnOf = ({ subtasks }: Task, zone: string) => {
    const own = subtasks.filter((subtask) => subtask.zone === zone)
    return {
      from: Math.min(...own.map(({ startTime }) => time(startTime))),
      to: Math.max(...own.map(({ finishTime }) => time(finishTime))),
    }
  }

  it('is RUNNING with all its servers ACTIVE, and its hosts hold what was promised', async () => {
    expect((await scene.task(creation)).subtasks).toHaveLength(47)
    expect(await cluster()).toMatchObject({ status: 'RUNNING' })
    const { hosts } = scene.lab
    await expectCluster({ name: 'protoss', password, version, hosts, primaryZone: 'RANDOM' })
    await recordHistory(scene.temporal, creation, 'create-5-hosts-4.2')
  }, 60_000)

  it('says before a restart that the zones go one after the other, and changes nothing', async () => {
    const { note, hosts, tasks } = await planned()
    expect(note).toMatch(/one after the other/)
    expect(hosts).toEqual([])
    expect([...new Set(tasks.flatMap(({ zone }) => zone ?? []))]).toEqual(zoneNames)
    expect(await cluster()).toMatchObject({ status: 'RUNNING' })
    expect(await observers()).toEqual(before)
  }, 60_000)

  it('restarted, waits with the other zones untouched when one fails, and goes on there when it is retried', async () => {
    const failing = failingAt({
      index: await placeOf('Stop observer process', 'zone2'),
      when: 'before',
    })
    const { id } = await hook.post(failing, restart)
    const failed = await scene.ended(id)
    expect(failed.status).toBe('FAILED')
    const now = await observers()
    expect(now.map((observer, host) => observer !== before[host])).toEqual(
      now.map((_, host) => zoneOf(host) === 0),
    )
    expect(await cluster()).toMatchObject({
      status: 'RESTARTING',
      zones: [{ status: 'RUNNING' }, { status: 'RESTARTING' }, { status: 'RUNNING' }],
    })
    await expect(restart()).rejects.toMatchObject({ code: 'OBE11020' })
    await expect(scene.send('POST', `/api/v2/tasks/instances/${id}/rollback`)).rejects.toThrow()
    hook.leave(id)
    await scene.api.post(`/api/v2/tasks/instances/${id}/retry`, undefined, z.unknown())
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    const after = await observers()
    expect(after.slice(0, 2)).toEqual(now.slice(0, 2))
    expect(after.every((observer, index) => observer !== before[index])).toBe(true)
    before = after
  }, 600_000)

  it('restarted, never has two zones down, and ends the same when every node is run twice', async () => {
    const stops = await Promise.all(zoneNames.map((zone) => placeOf('Stop observer process', zone)))
    const seen: string[][] = []
    const cutOff = new Set<number>()
    const each = async ({ index, when }: Place): Promise<void> => {
      if (when === 'before' && stops.includes(index) && !cutOff.has(index))
        seen.push(await observers())
      if (when === 'before' || cutOff.has(index)) return
      cutOff.add(index)
      throw new TransientError(asIs('the answer of this attempt is lost'))
    }
    const { id } = await hook.post(each, restart)
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    expect(cutOff.size).toBe(task.subtasks.filter(({ name }) => name !== 'Wait node').length)
    hook.leave(id)

    const after = await observers()
    // When a zone's first server is about to be stopped, the zones before it run anew and those
    // after it as they did. Its second may be down already.
    const others = (observer: string, host: number, turn: number) =>
      zoneOf(host) === turn ? [] : [observer]
    expect(
      seen.map((found, turn) => found.flatMap((each, host) => others(each, host, turn))),
    ).toEqual(
      stops.map((_, turn) =>
        after.flatMap((each, host) =>
          others(zoneOf(host) < turn ? each : (before[host] ?? ''), host, turn),
        ),
      ),
    )
    expect(after.every((observer, index) => observer !== before[index])).toBe(true)
    const [first, second, third] = zoneNames.map((zone) => turnOf(task, zone))
    expect(first?.to).toBeLessThanOrEqual(second?.from ?? 0)
    expect(second?.to).toBeLessThanOrEqual(third?.from ?? 0)

    expect(await cluster()).toMatchObject({
      status: 'RUNNING',
      zones: zones.map(({ hosts }) => ({
        status: 'RUNNING',
        servers: hosts.map(() => ({ status: 'RUNNING' })),
      })),
    })
    for (const host of scene.lab.hosts.keys())
      expect(await query('SELECT word FROM kept.words', host)).toEqual([{ word: 'en taro adun' }])
    const states = await query('SELECT zone, status FROM oceanbase.DBA_OB_ZONES ORDER BY zone')
    expect(states).toMatchObject(zoneNames.map(() => ({ status: 'ACTIVE' })))
  }, 900_000)
})
