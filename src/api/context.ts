import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Config } from '../config.ts'
import type { Operations } from '../operations/index.ts'
import type { Store } from '../store/index.ts'
import type { authentication } from './auth/authentication.ts'
import type { Launcher, Workflows } from './engine/launch.ts'
import type { Health } from './health.ts'
import type { streams } from './live/streams.ts'

export type Api = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What every resource is given. */
export interface Context {
  readonly store: Store
  readonly operations: Operations
  readonly config: Pick<
    Config,
    | 'allowedHosts'
    | 'callLog'
    | 'consoleDir'
    | 'errorCodes'
    | 'listen'
    | 'maxPackageBytes'
    | 'ocpVersion'
    | 'passwordRule'
    | 'packagesDir'
    | 'publicUrl'
    | 'rateLimits'
    | 'sessionIdleMs'
    | 'temporalUi'
    | 'trustedProxies'
  >
  readonly launch: Launcher['launch']
  readonly begin: Launcher['begin']
  /** Checks a password as a login does, and counts a wrong one. */
  readonly checkPassword: ReturnType<typeof authentication>['checkPassword']
  /** Logins by form. */
  readonly sessions: ReturnType<typeof authentication>['sessions']
  /** What is told while it goes on. */
  readonly streams: ReturnType<typeof streams>
  readonly lookAtHosts: Workflows['lookAtHosts']
  readonly health: () => Promise<Health>
  /** Why this process should be restarted; undefined when it is healthy. */
  readonly sick: () => string | undefined
}
