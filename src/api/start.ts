import type { FastifyServerOptions } from 'fastify'
import type { Config } from '../config.ts'
import { StartError, wordsOf } from '../errors/startError.ts'
import type { Secret } from '../quote.ts'
import type { Store } from '../store/index.ts'
import { ensureAdmin } from './admin.ts'
import { buildApp } from './app.ts'
import type { Workflows } from './launch.ts'

/** How often accepted tasks whose workflow could not be started are tried again. */
const sweepMs = 5000

export interface ServerOptions {
  readonly config: Config
  readonly store: Store
  readonly workflows: Workflows
  readonly logger?: FastifyServerOptions['logger']
  /** Is told the password that was made up for `admin` on first start. */
  readonly onPassword: (password: Secret) => void
}

export interface RunningServer {
  readonly url: string
  /** Lets calls under way end, then stops. The store stays open: it is its owner's. */
  close(): Promise<void>
}

/** Starts the API: listens, and starts what was accepted before but never started. Throws StartError when it cannot listen. */
export async function startServer({ config, store, workflows, logger, onPassword }: ServerOptions): Promise<RunningServer> {
  const made = await ensureAdmin(store, config.adminPassword)
  if (made) onPassword(made)
  const { app, launcher } = await buildApp({ store, config, workflows, logger: logger ?? false })
  const url = await app.listen(config.listen).catch(async (error: unknown) => {
    await app.close()
    throw new StartError(`cannot listen at OBFLOW_LISTEN, ${config.listen.host}:${config.listen.port}: ${wordsOf(error)}`, {
      cause: error,
    })
  })
  const sweep = () =>
    launcher.sweep().catch((error: unknown) => app.log.warn({ err: error }, 'accepted tasks could not be looked for'))
  await sweep()
  const timer = setInterval(() => void sweep(), sweepMs)
  return {
    url,
    async close() {
      clearInterval(timer)
      await app.close()
    },
  }
}
