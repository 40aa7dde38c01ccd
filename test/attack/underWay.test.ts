import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leftBehind } from '../../lab/chaos/inspect.ts'
import { type Traces, tracesOf, unlike } from '../../lab/chaos/traces.ts'
import { snapshot } from '../../lab/hosts/snapshot.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { workflowId } from '../../src/plan/run.ts'
import { expectCluster } from '../lab/expectCluster.ts'
import { causes, type Scene, type SceneOptions, startScene } from '../lab/scene.ts'
import type { Served, ServeOptions } from '../lab/serve.ts'
import { type KnownNode, startForeignWorker, takeThePlaceOf } from '../support/foreignWorker.ts'
import { type ServedProcesses, serveProcesses } from './serveProcesses.ts'
import { serveProgram } from './serveProgram.ts'
import { type Attempt, attemptTo, type Target } from './target.ts'

const password = 'Aa11--stranger'
const name = 'courted'

const version = '4.2.1.8'
const zones = [{ name: 'zone1', hosts: [0] }]

type Start = (options: ServeOptions) => Promise<Served & Partial<ServedProcesses>>
const stacks: readonly (readonly [string, Start])[] = [
  ['make serve', serveProgram],
  ['two APIs, two workers and PostgreSQL', serveProcesses],
]

/** Two hosts, one for the cluster and one that nobody should touch. */
async function sceneOn(start?: SceneOptions['serve']): Promise<Scene> {
  const scene = await startScene({ hosts: 2, idcOf: () => 'hz1', ...(start && { serve: start }) })
  // Bootstrap is worth being in the middle of.
  await scene.lab.hosts[0]?.fault('observer', { slowStartMs: 5000 })
  return scene
}

const tracesIn = ({ lab, api, obflow }: Scene) =>
  tracesOf({ lab, api, temporal: String(obflow.temporal.address) })

/** What a create leaves that nobody disturbs. */
let undisturbed: Traces
beforeAll(async () => {
  await using scene = await sceneOn()
  const { id } = await scene.create({ name, password, version, zones })
  expect(causes(await scene.ended(id))).toBe('')
  undisturbed = await tracesIn(scene)
})

describe.each(stacks)(
  'somebody with access to Temporal, while a create runs on %s,',
  (_, start) => {
    let scene: Scene
    let served: Awaited<ReturnType<Start>>
    beforeAll(async () => {
      scene = await sceneOn(async (options) => {
        served = await start(options)
        return served
      })
    })
    afterAll(() => scene?.[Symbol.asyncDispose]())

    const workflows = async (): Promise<string[]> => {
      const ids: string[] = []
      for await (const { workflowId: id } of scene.temporal.workflow.list()) ids.push(id)
      return [...new Set(ids)]
    }

    it('delays it, and no subtask is marked, repeated or left out, no other host touched', async () => {
      const [host, other] = scene.lab.hosts
      if (!host || !other) throw new Error('the lab has too few hosts')
      const untouched = await snapshot(other, { contents: false })
      const earlier = await workflows()
      const { id, clusterId } = await scene.create({ name, password, version, zones })
      const { subtasks } = await scene.task(id)
      const run = workflowId('createCluster', name, id)
      const target: Target = {
        doors: [],
        temporal: String(scene.obflow.temporal.address),
        namespace: scene.obflow.namespace,
        dataDir: scene.dataDir,
        clusterId,
        clusterName: name,
        hostId: scene.inventory.hostIds[0] ?? 0,
        hostIp: host.ip,
        taskId: id,
        firstSubtaskId: Math.min(...subtasks.map((subtask) => subtask.id)),
        workflowIds: [run],
      }
      const planned = expand(createClusterPlan, {
        hosts: [{ id: target.hostId, ip: host.ip }],
        zones: ['zone1'],
      })
      const nodes = planned.map(
        ({ index, activity, undo }): KnownNode => ({
          subtaskId: target.firstSubtaskId + index,
          activities: undo === undefined ? [activity] : [activity, undo],
        }),
      )

      const place = { workflowId: run, obflowQueue: 'obflow', nodes }
      /**
       * All states that were ever seen: what a subtask was marked with and was mended again shows
       * here.
       */
      const seen = new Set<string>()
      let ended = false
      const watching = (async () => {
        while (!ended) {
          const task = await scene.task(id)
          seen.add(`task ${task.status} ${task.operation}`)
          for (const { name: subtask, status, error, runTime } of task.subtasks)
            if (status === 'FAILED' || runTime !== 1)
              seen.add(`${subtask} ${status} ${runTime} ${error?.message}`)
          await pause(100)
        }
      })()
      // Awaited at the end: until then nothing else listens to it.
      watching.catch(() => undefined)
      const reached = async (subtask: string): Promise<void> => {
        for (;;) {
          const task = await scene.task(id)
          const found = task.subtasks.find((each) => each.name === subtask)
          if (
            task.status !== 'RUNNING' ||
            found?.status === 'RUNNING' ||
            found?.status === 'SUCCESSFUL'
          )
            return
          await pause(50)
        }
      }

      const status = async () => (await scene.task(id)).status

      await reached('Install rpm')
      expect(await takeThePlaceOf(target, place)).toBeGreaterThan(60)
      await reached('Do io bench')
      expect(causes(await scene.task(id)), 'after the first takeover').toBe('')
      const attempts = await disturb(target)
      expect(causes(await scene.task(id)), 'after the messages').toBe('')
      const forged = attempts.filter(({ what, through }) => through && what.startsWith('start '))
      expect(forged.length).toBeGreaterThan(60)
      await reached('Bootstrap ob')
      expect(await takeThePlaceOf(target, place)).toBeGreaterThan(60)
      expect(causes(await scene.task(id)), 'after the second takeover').toBe('')
      expect(await status()).toBe('RUNNING')
      await reached('Wait observer accessible')
      const worker = await startForeignWorker(target, 'obflow')
      if (served.stopWorkers && served.startWorkers) {
        await served.stopWorkers()
        const before = worker.answered.length
        const ofTheRun = () => worker.answered.slice(before).filter((each) => each === run).length
        while (ofTheRun() === 0 && (await status()) === 'RUNNING') await pause(100)
        expect(ofTheRun(), [...seen].join('; ')).toBeGreaterThan(0)
        await served.startWorkers()
      }
      // Both poll now. How much of it the stranger gets is Temporal's choice.
      const atMost = Date.now() + 60_000
      while (Date.now() < atMost && worker.answered.length < 12 && (await status()) === 'RUNNING')
        await pause(200)
      await worker.stop()
      console.log(
        `The stranger's worker answered ${worker.answered.length} times, ${attempts.length} messages before.`,
      )

      const task = await scene.ended(id)
      ended = true
      await watching
      expect(causes(task)).toBe('')
      expect([...seen].sort()).toEqual(['task RUNNING EXECUTE', 'task SUCCESSFUL EXECUTE'])
      expect((await host.exec('cat /home/admin/oceanbase/run/bootstrap.count')).stdout.trim()).toBe(
        '1',
      )
      expect(await leftBehind(host)).toEqual([])
      await expectCluster({ name, password, version, hosts: [host], primaryZone: 'RANDOM' })
      const logs = await Promise.all(
        subtasks.map(async (subtask) =>
          (await scene.fetch(`/api/v2/tasks/instances/${id}/subtasks/${subtask.id}/log`)).text(),
        ),
      )
      expect(logs.filter((log) => /stranger|OBE10002/.test(log))).toEqual([])
      expect(await snapshot(other, { contents: false })).toEqual(untouched)
      const forgedIds = forged.map(({ what }) => what.replace('start ', ''))
      const own = new Set([...forgedIds, ...earlier, run])
      expect((await workflows()).filter((each) => !own.has(each))).toEqual([])
      // A forged run whose input is garbage waits for ever for a worker that understands it.
      const waiting = new Set(forgedIds.map((each) => `workflow ${each}`))
      const left = new Set([...(await tracesIn(scene))].filter((line) => !waiting.has(line)))
      expect(unlike(left, undisturbed)).toEqual([])
    })
  },
)

/** Temporal's own buttons, and messages of any name with anything in them. */
async function disturb({ temporal, namespace, workflowIds, taskId }: Target): Promise<Attempt[]> {
  const connection = await Connection.connect({ address: temporal })
  const client = new Client({ connection, namespace })
  const service = client.workflowService
  // With an end of its own: a call that is given up would go on past the connection's.
  const tried = (what: string, call: () => Promise<unknown>) =>
    attemptTo(what, () => connection.withDeadline(Date.now() + 5000, call))
  const garbage = [undefined, null, 'x', -1, { taskId: 1 }, ['a', ['b']], 'x'.repeat(100_000)]
  const source = await readFile(new URL('../../src/workflows/index.ts', import.meta.url), 'utf8')
  const types = [...source.matchAll(/runTask as (\w+)/g)].map(([, type = '']) => type)
  const attempts: Attempt[] = []
  for (const type of types) {
    const starts = [{ taskId }, { taskId: 1 }, ...garbage].map((input, index) => {
      const workflowId = `${type}-${index}`
      const options = { taskQueue: 'obflow', workflowId, args: [input] }
      return tried(`start ${workflowId}`, () => client.workflow.start(type, options))
    })
    attempts.push(...(await Promise.all(starts)))
  }
  for (const id of workflowIds) {
    const handle = client.workflow.getHandle(id)
    const messages = garbage.flatMap((input) => [
      ...['changed', 'retryTask', '__stack_trace', 'x'].map((signal) =>
        tried(`signal ${signal}`, () => handle.signal(signal, input)),
      ),
      ...['retryTask', 'skipSubtask', 'changed', 'x'].map((update) =>
        tried(`update ${update}`, () => handle.executeUpdate(update, { args: [input] })),
      ),
    ])
    attempts.push(...(await Promise.all(messages)))
    const button = async (what: string, press: () => Promise<unknown>): Promise<void> => {
      attempts.push(await tried(what, press))
    }
    await button('cancel', () => handle.cancel())
    const workflowExecution = { workflowId: id }
    const reason = 'of a stranger'
    const identity = 'a stranger'
    await button('pause', () =>
      service.pauseWorkflowExecution({ namespace, workflowId: id, reason, identity }),
    )
    await button('reset', async () => {
      const { events } = await handle.fetchHistory()
      const done = events?.find((event) => event.workflowTaskCompletedEventAttributes)
      await service.resetWorkflowExecution({
        ...{ namespace, workflowExecution, reason, requestId: 'reset' },
        ...(done?.eventId && { workflowTaskFinishEventId: done.eventId }),
      })
    })
    await button('terminate', () => handle.terminate(reason))
    await button('delete', () => service.deleteWorkflowExecution({ namespace, workflowExecution }))
  }
  await connection.close()
  return attempts
}
