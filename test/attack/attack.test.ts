import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { snapshot } from '../../lab/hosts/snapshot.ts'
import { type Role, roleNames, roles } from '../../src/api/auth/permissions.ts'
import { causes, type Scene, startScene } from '../lab/scene.ts'
import { attackByPages } from './browser.ts'
import { attackTemporal } from './onTemporal.ts'
import { type ServedProgram, serveProgram } from './serveProgram.ts'
import { attempt, type Target } from './target.ts'

const rootPassword = 'Attack-root-88'
const rolePassword = 'Role-words-12'
/** Of what is found before and after, this may differ: when something was last looked at. */
const moving = /"(updateTime|lastSeen|timestamp|traceId|duration|server)":("[^"]*"|\d+),?/g

const lists = [
  '/api/v2/ob/clusters?size=100',
  '/api/v2/compute/hosts?size=100',
  '/api/v2/compute/idcs?size=100',
  '/api/v2/compute/regions?size=100',
  '/api/v2/compute/hostTypes?size=100',
  '/api/v2/tasks/instances?size=100',
  '/api/v2/profiles/me/credentials?size=100',
  '/api/v2/profiles/me/accessKeys',
  '/api/v2/software-packages?size=100',
  '/api/v2/obproxy/clusters?size=100',
  '/api/v2/iam/users?size=100',
]

/** Of which resource a path is. Left out: `/profiles/me`, which all have, and `/services`. */
const resources = [
  ['/api/v2/ob/', 'CLUSTER'],
  ['/api/v2/compute/', 'HOST'],
  ['/api/v2/obproxy/', 'OBPROXY'],
  ['/api/v2/software-packages', 'PACKAGE'],
  ['/api/v2/tasks/', 'TASK'],
  ['/api/v2/iam/', 'USER'],
] as const

/**
 * Whether a role may change what is at a path. Of other paths, that of the caller's own are left.
 */
function mayChange(role: Role, path: string): boolean {
  const resource = resources.find(([start]) => path.startsWith(start))?.[1]
  const granted: readonly string[] = roles[role]
  return (
    resource === undefined || granted.some((each) => each === '**' || each === `${resource}:*:*`)
  )
}

describe('strangers in front of a cluster that runs', () => {
  let scene: Scene
  let served: ServedProgram
  let target: Target
  let before: Awaited<ReturnType<typeof look>>

  /** All that is on the host and in the store. */
  async function look() {
    const [host] = scene.lab.hosts
    if (!host) throw new Error('the lab has no host')
    const { files, packages, processes } = await snapshot(host, { contents: false })
    const texts = await Promise.all(
      lists.map(async (path) => {
        const answer = await scene.fetch(path)
        if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
        return `${path} ${(await answer.text()).replace(moving, '')}`
      }),
    )
    const task = await scene.task(target.taskId)
    const count = (await host.exec('cat /home/admin/oceanbase/run/bootstrap.count')).stdout
    // Logs, and the stand-in's own database, go on by themselves.
    const data = files.filter((line) => !/\/(log|run|etc|kernel\/store|clog)\//.test(line))
    const lines = (name: string, list: readonly string[]) => list.map((line) => `${name}: ${line}`)
    const { status, operation, subtasks } = task
    return [
      ...lines('file', data),
      ...lines('package', packages),
      ...lines('process', processes),
      ...lines('store', texts),
      `BOOTSTRAP begun: ${count}`,
      `task: ${JSON.stringify({ status, operation, subtasks: subtasks.map((each) => [each.name, each.status, each.runTime]) })}`,
    ]
  }

  /** What is on the host or in the store now and was not, or the other way round. */
  async function changes(): Promise<string[]> {
    const after = await look()
    return [
      ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
    ].map((line) => line.slice(0, 1500))
  }

  const withIds = (path: string): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (name === 'subtaskId') return String(target.firstSubtaskId)
      return String(path.includes('/tasks/') ? target.taskId : 1)
    })

  beforeAll(async () => {
    scene = await startScene({
      hosts: 1,
      idcOf: () => 'hz1',
      serve: async (options) => {
        served = await serveProgram(options)
        return served
      },
    })
    const version = '4.2.1.8'
    const zones = [{ name: 'zone1', hosts: [0] }]
    const { id, clusterId } = await scene.create({
      name: 'besieged',
      password: rootPassword,
      version,
      zones,
    })
    const task = await scene.ended(id)
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    const runs: string[] = []
    for await (const { workflowId } of scene.temporal.workflow.list()) runs.push(workflowId)
    target = {
      ports: await served.listening(),
      temporal: `127.0.0.1:${served.ports.temporal}`,
      namespace: 'default',
      dataDir: scene.dataDir,
      clusterId,
      clusterName: 'besieged',
      hostId: scene.inventory.hostIds[0] ?? 0,
      hostIp: scene.lab.hosts[0]?.ip ?? '',
      taskId: id,
      firstSubtaskId: Math.min(...task.subtasks.map((subtask) => subtask.id)),
      workflowIds: runs,
    }
    for (const role of roleNames)
      await scene.send('POST', '/api/v2/iam/users', {
        username: `of_${role.toLowerCase()}`,
        password: rolePassword,
        roles: [role],
      })
    // The host's agent and the kernel settle.
    await pause(5000)
    before = await look()
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  it('another user of the machine gets through no door and reads no file', async () => {
    expect(target.ports).toEqual(Object.values(served.ports).sort((a, b) => a - b))
    const child = fork(join(import.meta.dirname, 'stranger.ts'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.send(target)
    const [message] = await once(child, 'message')
    const attempts = z.array(attempt).parse(message)
    expect(attempts.length).toBeGreaterThan(25)
    expect(attempts.filter(({ through }) => through)).toEqual([])
    expect(await changes()).toEqual([])
  })

  it('a page of a stranger, in the browser of an admin who is logged in, changes nothing', async () => {
    const victim = {
      ...target,
      api: served.ports.api,
      user: 'admin',
      password: scene.adminPassword,
    }
    const { control, through } = await attackByPages(victim)
    expect(control).toEqual(expect.arrayContaining(['POST text/plain', 'WebSocket']))
    expect(through).toEqual([])
    expect(await changes()).toEqual([])
  })

  it('a user of any role reads no stored secret, and changes nothing outside the role', async () => {
    const document = openapi.parse(await (await scene.fetch('/api/v2/openapi.json')).json())
    const key =
      (await readFile(scene.lab.users.root.privateKeyFile, 'utf8')).trim().split('\n')[1] ??
      'no key'
    const secrets = [rootPassword, scene.adminPassword, key]
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method, path, url: withIds(path) })),
    )
    const told: string[] = []
    const changed: string[] = []
    let tried = 0
    for (const role of roleNames) {
      const authorization = `Basic ${Buffer.from(`of_${role.toLowerCase()}:${rolePassword}`).toString('base64')}`
      for (const { method, path, url } of calls) {
        // A POST that only reads.
        const reads = method === 'get' || path.endsWith('/downloadDiagnosis')
        if (!reads && mayChange(role, path)) continue
        const init = {
          method: method.toUpperCase(),
          headers: { authorization, 'content-type': 'application/json' },
        }
        const answer = await fetch(`${served.url}${url}`, {
          ...init,
          ...(method !== 'get' && method !== 'delete' && { body: '{}' }),
        })
        const said = await answer.text()
        if (secrets.some((secret) => said.includes(secret))) told.push(`${role}: ${method} ${url}`)
        if (!reads) tried += 1
        if (!reads && answer.status !== 403)
          changed.push(`${role}: ${method} ${url} ${answer.status}`)
      }
    }
    expect(told).toEqual([])
    expect(tried).toBeGreaterThan(250)
    expect(changed).toEqual([])
    expect(await changes()).toEqual([])
  })

  it('whoever reaches Temporal makes no host and no store do what was not accepted', async () => {
    const attempts = await attackTemporal(target)
    // The door is open for this user, so that it was Temporal that took these.
    expect(
      attempts.filter(({ what, through }) => through && /^(start|activity)/.test(what)).length,
    ).toBeGreaterThan(20)
    // What was started gets a worker, and its retries.
    await pause(30_000)
    expect(await changes()).toEqual([])
  })
})

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
