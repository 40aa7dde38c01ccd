import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Role, roleNames, roles } from '../../src/api/auth/permissions.ts'
import { cookieName } from '../../src/api/auth/session.ts'
import { type Scene, startScene } from '../lab/scene.ts'
import { attackAsStranger, type Besieged, besiege, rolePassword, rootPassword } from './besieged.ts'
import { attackByPages } from './browser.ts'
import { attackTemporal } from './onTemporal.ts'
import { type ServedProgram, serveProgram } from './serveProgram.ts'

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
  let besieged: Besieged

  const withIds = (path: string): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const { firstSubtaskId, taskId } = besieged.target
      if (name === 'subtaskId') return String(firstSubtaskId)
      return String(path.includes('/tasks/') ? taskId : 1)
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
    besieged = await besiege(
      scene,
      (await served.listening()).map((port) => `127.0.0.1:${port}`),
    )
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  it('another user of the machine gets through no door and reads no file', async () => {
    const ports = Object.values(served.ports).sort((a, b) => a - b)
    expect(besieged.target.doors).toEqual(ports.map((port) => `127.0.0.1:${port}`))
    const attempts = await attackAsStranger(besieged.target)
    expect(attempts.length).toBeGreaterThan(25)
    expect(attempts.filter(({ through }) => through)).toEqual([])
    expect(await besieged.changes()).toEqual([])
  })

  it('a page of a stranger, in the browser of an admin who is logged in, changes and reads nothing', async () => {
    const { control, through } = await attackByPages({
      ...besieged.target,
      api: `127.0.0.1:${served.ports.api}`,
      login: { username: 'admin', password: scene.adminPassword },
      stranger: { username: 'of_profile', password: rolePassword },
    })
    expect(control).toEqual(
      expect.arrayContaining([
        'EventSource',
        'POST application/json',
        'POST text/plain',
        'WebSocket',
        'fetch',
        'frame',
        'script',
      ]),
    )
    expect(through).toEqual([])
    expect(await besieged.changes()).toEqual([])
  })

  it('a user of any role, by password or by cookie, reads no stored secret, and changes nothing outside the role', async () => {
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
    const tryAll = async (role: Role, headers: Record<string, string>): Promise<void> => {
      for (const { method, path, url } of calls) {
        // A POST that only reads.
        const reads = method === 'get' || path.endsWith('/downloadDiagnosis')
        if (!reads && mayChange(role, path)) continue
        const answer = await fetch(`${served.url}${url}`, {
          method: method.toUpperCase(),
          headers: { ...headers, 'content-type': 'application/json' },
          ...(method !== 'get' && method !== 'delete' && { body: '{}' }),
        })
        const said = await answer.text()
        if (secrets.some((secret) => said.includes(secret))) told.push(`${role}: ${method} ${url}`)
        if (!reads) tried += 1
        if (!reads && answer.status !== 403)
          changed.push(`${role}: ${method} ${url} ${answer.status}`)
      }
    }
    for (const role of roleNames) {
      const login = { username: `of_${role.toLowerCase()}`, password: rolePassword }
      const basic = Buffer.from(`${login.username}:${login.password}`).toString('base64')
      await tryAll(role, { authorization: `Basic ${basic}` })
      const answer = await fetch(`${served.url}/api/v2/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(login),
      })
      const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
      expect(cookie).toMatch(new RegExp(`^${cookieName}=[\\w-]{43}$`))
      await tryAll(role, { cookie, 'sec-fetch-site': 'same-origin' })
    }
    expect(told).toEqual([])
    expect(tried).toBeGreaterThan(500)
    expect(changed).toEqual([])
    expect(await besieged.changes()).toEqual([])
  })

  it('whoever reaches Temporal makes no host and no store do what was not accepted', async () => {
    const attempts = await attackTemporal(besieged.target)
    // The door is open for this user, so that it was Temporal that took these.
    expect(
      attempts.filter(({ what, through }) => through && /^(start|activity)/.test(what)).length,
    ).toBeGreaterThan(20)
    // What was started gets a worker, and its retries.
    await pause(30_000)
    expect(await besieged.changes()).toEqual([])
  })
})

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
