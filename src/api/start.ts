import type { FastifyServerOptions } from 'fastify'
import type { Config } from '../config.ts'
import { StartError, wordsOf } from '../errors/startError.ts'
import type { Store } from '../store/index.ts'
import { adminNotice, ensureAdmin } from './admin.ts'
import { buildApp } from './app.ts'
import type { Workflows } from './launch.ts'
import { sweepUploads } from './packages/receive.ts'
import { withoutStatement } from './withoutStatement.ts'

/** How often accepted tasks whose workflow could not be started are tried again. */
const sweepMs = 5000
/** How often what is left of uploads is looked for. */
const cleanMs = 10 * 60_000

export interface ServerOptions {
  readonly config: Config
  readonly store: Store
  readonly workflows: Workflows
  readonly logger?: FastifyServerOptions['logger']
  /** Why this process should be started anew; undefined when it is well. */
  readonly sick?: () => string | undefined
  /** Is told, once the API listens, what concerns the user `admin`: a password that was made up. */
  readonly onAdmin: (notice: string) => void
}

export interface RunningServer {
  readonly url: string
  /** Lets calls under way end, then stops. The store stays open: it is its owner's. */
  close(): Promise<void>
}

/** Starts the API: listens, and starts what was accepted before but never started. Throws StartError when it cannot listen. */
export async function startServer({ config, store, workflows, logger, sick, onAdmin }: ServerOptions): Promise<RunningServer> {
  const { app, launcher } = await buildApp({ store, config, workflows, logger: logger ?? false, ...(sick && { sick }) })
  const url = await app.listen(config.listen).catch(async (error: unknown) => {
    await app.close()
    throw new StartError(`cannot listen at OBFLOW_LISTEN, ${config.listen.host}:${config.listen.port}: ${wordsOf(error)}`, {
      cause: error,
    })
  })
  // Made when nothing can fail any more: a password that a failed start printed would be lost.
  const notice = adminNotice(await ensureAdmin(store, config.adminPassword))
  if (notice !== undefined) onAdmin(notice)
  const sweep = () =>
    launcher
      .sweep()
      .catch((error: unknown) => app.log.warn({ err: withoutStatement(error) }, 'accepted tasks could not be looked for'))
  await sweep()
  const clean = () =>
    sweepUploads(config.packagesDir).catch((error: unknown) =>
      app.log.warn({ err: withoutStatement(error) }, 'unfinished uploads are left'),
    )
  await clean()
  const cleaning = setInterval(() => void clean(), cleanMs)
  const timer = setInterval(() => void sweep(), sweepMs)
  return {
    url,
    async close() {
      clearInterval(timer)
      clearInterval(cleaning)
      await app.close()
    },
  }
}
