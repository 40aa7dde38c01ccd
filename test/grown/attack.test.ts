import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attackAsStranger, type Besieged, besiege, rolePassword } from '../attack/besieged.ts'
import { attackByPages } from '../attack/browser.ts'
import { listenersIn } from '../attack/listeners.ts'
import { type GrownScene, startGrownScene } from './scene.ts'

const services = ['postgresql', 'temporal', 'api', 'worker'] as const
type Service = (typeof services)[number]

describe('strangers who reach every container', () => {
  let grown: GrownScene
  let besieged: Besieged
  /** What listens beyond loopback in each container of a service. */
  const doors = new Map<Service, readonly string[]>()

  /** Whether something was asked of Temporal by gRPC, which has no login between containers. */
  const isTemporals = (what: string): boolean =>
    what.startsWith(`gRPC at ${grown.project.container('temporal').ip}:`) ||
    /^(connect|start|activity|update|signal|reset|terminate|write that)\b/.test(what)

  beforeAll(async () => {
    grown = await startGrownScene(1)
    for (const service of services) {
      const found = grown.project.containers(service).map(async ({ ip, exec }) => {
        const { stdout } = await exec(['cat', '/proc/net/tcp', '/proc/net/tcp6'])
        const open = listenersIn(stdout).filter(({ loopback }) => !loopback)
        const ports = [...new Set(open.map(({ port }) => port))].sort((a, b) => a - b)
        return ports.map((port) => `${ip}:${port}`)
      })
      doors.set(service, (await Promise.all(found)).flat())
    }
    besieged = await besiege(grown.scene, [...doors.values()].flat())
  })
  afterAll(() => grown?.scene[Symbol.asyncDispose]())

  it('find no door but those that the stack needs, and no HTTP API of Temporal', () => {
    const ports = services.map((service) => [
      service,
      doors.get(service)?.map((door) => Number(door.replace(/.*:/, ''))),
    ])
    expect(Object.fromEntries(ports)).toEqual({
      postgresql: [5432],
      // How its services find each other, and their gRPC.
      temporal: [6933, 6934, 6935, 6939, 7233, 7234, 7235, 7239],
      api: [8080, 8080],
      worker: [],
    })
  })

  it('are let in by Temporal alone, and whatever they ask of it, no host and no store does it', async () => {
    const attempts = await attackAsStranger(besieged.target)
    const through = attempts.filter((attempt) => attempt.through)
    expect(through.filter(({ what }) => !isTemporals(what))).toEqual([])
    expect(through.filter(({ what }) => /^(start|activity)/.test(what)).length).toBeGreaterThan(20)
    // What was started gets a worker, and its retries.
    await pause(30_000)
    expect(await besieged.changes()).toEqual([])
  })

  // Each in pages of its own: a browser that is given all doors at once does not get to the last.
  it.each(['postgresql', 'temporal', 'api'] as const)(
    'with a page in the browser of an admin who is logged in change and read nothing by the doors of %s',
    async (service) => {
      const { control, through } = await attackByPages({
        ...besieged.target,
        doors: [...(doors.get(service) ?? [])],
        api: `${grown.project.container('api').ip}:8080`,
        login: { username: 'admin', password: grown.scene.adminPassword },
        stranger: { username: 'of_profile', password: rolePassword },
      })
      expect(control).toEqual(expect.arrayContaining(['POST text/plain', 'WebSocket', 'fetch']))
      expect(through).toEqual([])
      expect(await besieged.changes()).toEqual([])
    },
    600_000,
  )
})
