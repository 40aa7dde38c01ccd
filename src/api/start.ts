import type { FastifyServerOptions } from 'fastify'
import type { Config } from '../config.ts'
import { StartError, wordsOf } from '../errors/startError.ts'
import type { Store } from '../store/index.ts'
import { buildApp } from './app.ts'
import { adminNotice, ensureAdmin } from './auth/admin.ts'
import type { Workflows } from './engine/launch.ts'
import { withoutStatement } from './http/withoutStatement.ts'
import { sweepUploads } from './packages/receive.ts'

/** How often Temporal is told again of what it could not be told. */
const sweepMs = 5000
/** How often what is left of uploads is looked for. */
const cleanMs = 10 * 60_000
/** How often the room of rows that went is freed, where no database does so by itself. */
const tidyMs = 6 * 60 * 60_000
/** How often open tasks are compared with the runs that Temporal has. */
const reconcileMs = 15_000

export interface ServerOptions {
  readonly config: Config
  readonly store: Store
  readonly workflows: Workflows
  readonly logger?: FastifyServerOptions['logger']
  /** Why this process should be restarted; undefined when it is healthy. */
  readonly sick?: () => string | undefined
  /** Is told, once the API listens, what concerns the user `admin`: a password that was made up. */
  readonly onAdmin: (notice: string) => void
}

export interface RunningServer {
  readonly url: string
  /** Lets calls under way end, then stops. The store stays open: it is its owner's. */
  close(): Promise<void>
}

/**
 * Starts the API: listens, and starts what was accepted before but never started. Throws StartError
 * when it cannot listen.
 */
export async function startServer({
  config,
  store,
  workflows,
  logger,
  sick,
  onAdmin,
}: ServerOptions): Promise<RunningServer> {
  const opening = Promise.withResolvers<void>()
  const opened = opening.promise
  opened.catch(() => undefined)
  const options = { store, config, workflows, opened, logger: logger ?? false }
  const { app, launcher } = await buildApp({ ...options, ...(sick && { sick }) })
  const url = await app.listen(config.listen).catch(async (error: unknown) => {
    await app.close()
    throw new StartError(
      `cannot listen at OBFLOW_LISTEN, ${config.listen.host}:${config.listen.port}: ${wordsOf(error)}`,
      {
        cause: error,
      },
    )
  })
  // Made when nothing can fail any more: a password that a failed start printed would be lost.
  const start = await ensureAdmin(store, config.adminPassword).catch(async (error: unknown) => {
    opening.reject(error)
    await app.close()
    throw error
  })
  opening.resolve()
  const notice = adminNotice(start)
  if (notice !== undefined) onAdmin(notice)
  const sweep = () =>
    launcher
      .sweep()
      .catch((error: unknown) =>
        app.log.warn({ err: withoutStatement(error) }, 'accepted tasks could not be looked for'),
      )
  void sweep()
  const clean = async () => {
    await sweepUploads(config.packagesDir).catch((error: unknown) =>
      app.log.warn({ err: withoutStatement(error) }, 'unfinished uploads are left'),
    )
    await store.audit
      .sweep(new Date(Date.now() - config.auditMs))
      .catch((error: unknown) =>
        app.log.warn({ err: withoutStatement(error) }, 'old calls are left in the book'),
      )
    await store.tasks
      .forget(new Date(Date.now() - config.taskMs))
      .catch((error: unknown) =>
        app.log.warn({ err: withoutStatement(error) }, 'old tasks are left in the store'),
      )
  }
  await clean()
  const reconcile = () =>
    launcher
      .reconcile()
      .catch((error: unknown) =>
        app.log.warn({ err: withoutStatement(error) }, 'runs could not be compared with Temporal'),
      )
  const tidy = () =>
    store
      .tidy()
      .catch((error: unknown) =>
        app.log.warn({ err: withoutStatement(error) }, 'room in the store was not freed'),
      )
  const every = (ms: number, work: () => Promise<void>) => setInterval(() => void work(), ms)
  const timers = [
    every(sweepMs, sweep),
    every(reconcileMs, reconcile),
    every(cleanMs, clean),
    every(tidyMs, tidy),
  ]
  return {
    url,
    async close() {
      for (const timer of timers) clearInterval(timer)
      await app.close()
    },
  }
}
