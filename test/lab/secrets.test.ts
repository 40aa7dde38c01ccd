import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { workflowId } from '../../src/plan/run.ts'
import { causes, type Scene, startScene } from './scene.ts'

const password = 'Kerrigan--77--Zerg'
const forms = [password, Buffer.from(password).toString('base64'), encodeURIComponent(password)]
const holds = (bytes: Buffer): boolean => forms.some((form) => bytes.includes(form))

let scene: Scene
beforeAll(async () => {
  scene = await startScene({ hosts: 1, idcOf: () => 'hz1' })
})
afterAll(() => scene?.[Symbol.asyncDispose]())

/** Command lines and environments of all processes: those of the lab's hosts are among this machine's. */
function processesThatTell(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      ['cmdline', 'environ'].flatMap((file) => {
        try {
          return holds(readFileSync(`/proc/${pid}/${file}`)) ? [`${pid}: ${file}`] : []
        } catch {
          return [] // It ended while it was being looked at.
        }
      }),
    )
}

const filesThatTell = (root: string, pattern = '**'): string[] =>
  globSync(pattern, { cwd: root })
    .map((name) => join(root, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && holds(readFileSync(path)))

const logReply = z.object({ log: z.string() })

it('the posted password is nowhere but where OceanBase keeps it', async () => {
  const { id } = await scene.create({
    name: 'zerg',
    password,
    version: '4.2.1.8',
    zones: [{ name: 'zone1', hosts: [0] }],
  })
  const seen = new Set<string>()
  let task = await scene.task(id)
  for (; task.status === 'RUNNING'; task = await scene.task(id)) for (const found of processesThatTell()) seen.add(found)
  expect(causes(task)).toBe('')
  expect([...seen]).toEqual([])

  const history = await scene.temporal.workflow.getHandle(workflowId('createCluster', id)).fetchHistory()
  expect(holds(Buffer.from(historyToJSON(history)))).toBe(false)

  // The database's own files: tables, indexes and write-ahead log, whatever a dump would show and more.
  expect(filesThatTell(scene.dataDir)).toEqual([])

  const logs = await Promise.all(
    task.subtasks.map(({ id: subtaskId }) => scene.api.get(`/api/v2/tasks/instances/${id}/subtasks/${subtaskId}/log`, logReply)),
  )
  const text = logs.map(({ data }) => data.log).join('\n')
  expect(text).toContain('ALTER USER')
  expect(holds(Buffer.from(text))).toBe(false)

  const [host] = scene.lab.hosts
  if (!host) throw new Error('the lab has a host')
  for (const folder of ['home/admin', 'var/lib/obflow', 'var/log', 'tmp', 'root', 'run', 'data', 'etc']) {
    expect(filesThatTell(join(host.disk, folder))).toEqual([])
  }
})
