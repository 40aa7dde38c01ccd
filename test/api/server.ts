import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type AppOptions, buildApp } from '../../src/api/app.ts'
import { admin } from '../../src/api/auth/admin.ts'
import { hashPassword } from '../../src/api/auth/password.ts'
import type { Context } from '../../src/api/context.ts'
import type { EngineHealth } from '../../src/api/engine/engineHealth.ts'
import type { RunLook } from '../../src/api/engine/stalled.ts'
import type { HostFinding } from '../../src/oceanbase/index.ts'
import { Secret } from '../../src/quote.ts'
import type { CreateLook, Untold } from '../../src/store/index.ts'
import { openTestStore } from '../store/database.ts'
import { checkReplies } from './replies.ts'

const envelope = z.looseObject({
  data: z.unknown().optional(),
  duration: z.number(),
  error: z
    .object({
      code: z.union([z.string(), z.number()]),
      message: z.string(),
      subErrors: z
        .array(
          z.object({
            code: z.union([z.string(), z.number()]).optional(),
            field: z.string(),
            message: z.string(),
            rejectedValue: z.unknown().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  server: z.string(),
  status: z.number(),
  warnings: z.array(z.unknown()).optional(),
  successful: z.boolean(),
  timestamp: z.string(),
  traceId: z.string(),
})

export const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** A run whose next step is on its way. */
const atWork: RunLook = {
  runId: 'a',
  events: 3,
  foreign: false,
  paused: false,
  stepAttempt: 1,
  pending: [],
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly body?: string | Buffer | object
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The API over a real store, called in this process; tasks that it starts are noted instead of run.
 */
export async function openApi(
  config: Partial<Context['config']> = {},
  { logger }: Pick<AppOptions, 'logger'> = {},
) {
  const opened = await openTestStore()
  const packagesDir = await mkdtemp(join(tmpdir(), 'obflow-packages-'))
  const looks: CreateLook[] = []
  const engine: {
    away: boolean
    found: HostFinding[]
    run: RunLook | undefined
    health: EngineHealth
  } = {
    away: false,
    found: [],
    run: atWork,
    health: { temporal: 'okay', workers: 'okay' },
  }
  const started: Untold[] = []
  const clock = { now: new Date() }
  const { app, launcher, routes, calls, streams } = await buildApp({
    times: { tickMs: 20, beatMs: 100 },
    ...(logger !== undefined && { logger }),
    clock: () => clock.now,
    store: opened.store,
    config: {
      errorCodes: 'string',
      passwordRule: 'none',
      packagesDir,
      rateLimits: [0, 0, 0, 0],
      callLog: 'off',
      consoleDir: undefined,
      temporalUi: undefined,
      sessionIdleMs: 30 * 60_000,
      trustedProxies: undefined,
      publicUrl: undefined,
      ocpVersion: undefined,
      listen: { host: '127.0.0.1', port: 8080 },
      allowedHosts: ['ocp.test'],
      maxPackageBytes: 10_000_000,
      ...config,
    },
    workflows: {
      async tell(task) {
        if (engine.away) throw new Error('14 UNAVAILABLE: no connection established')
        started.push(task)
      },
      run: async () => engine.run,
      replace: async (task) => void started.push(task),
      lookAtHosts: async (look) => {
        looks.push(look)
        return engine.found
      },
      health: async () => engine.health,
    },
  })
  const mismatches = checkReplies(app)
  // Hashed once: the API then need not verify it again after each reset.
  const passwordHash = await hashPassword(new Secret('admin-password'))
  const authorization = basic('admin', 'admin-password')

  const call = async ({ method = 'GET', url, body, headers = {} }: Call) => {
    const reply = await app.inject({
      method,
      url,
      headers: { authorization, ...headers },
      ...(body !== undefined && { payload: body }),
    })
    if (mismatches.length > 0) throw new Error(mismatches.splice(0).join('\n'))
    return {
      headers: reply.headers,
      text: reply.body,
      ...envelope.parse(reply.json()),
      status: reply.statusCode,
    }
  }

  return {
    ...opened,
    app,
    calls,
    /** What time the API takes it to be. */
    clock,
    launcher,
    streams,
    /** Every route that is served, and what it asks of its caller. */
    routes,
    packagesDir,
    started,
    /** Whether Temporal is there, and whether it has the runs it was told of. */
    engine,
    /** What was to be looked at on hosts; nothing is ever found there. */
    looks,
    call,
    post: (url: string, body: object) => call({ method: 'POST', url, body }),
    get: (url: string) => call({ url }),
    remove: (url: string) => call({ method: 'DELETE', url }),
    /** What is stored, without the book of calls: in that are refused ones, too. */
    async dump() {
      const { audit: _, ...rows } = await opened.dump()
      return rows
    },
    async reset() {
      await launcher.settled()
      await opened.reset()
      await opened.store.users.createOnce({ ...admin, passwordHash })
      started.length = 0
      engine.away = false
      engine.found = []
      engine.run = atWork
    },
    async close() {
      await app.close()
      await opened.close()
      await rm(packagesDir, { recursive: true })
    },
  }
}

export type TestApi = Awaited<ReturnType<typeof openApi>>
