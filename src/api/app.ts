import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import { type FastifyServerOptions, fastify, LogController } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { operationsOver } from '../operations/index.ts'
import type { Store } from '../store/index.ts'
import { keepBook } from './audit/book.ts'
import { logCalls } from './audit/callLog.ts'
import { audit } from './audit/index.ts'
import { authentication, type Declared, declared } from './auth/authentication.ts'
import { session } from './auth/sessionCalls.ts'
import { clusters } from './clusters/index.ts'
import { serveConsole } from './console/index.ts'
import type { Api, Context } from './context.ts'
import { credentials } from './credentials.ts'
import { type Launcher, launcher, type Workflows } from './engine/launch.ts'
import { healthCheck } from './health.ts'
import { hosts } from './hosts.ts'
import { takeBodies } from './http/bodies.ts'
import type { Calls } from './http/call.ts'
import { type Answer, envelope, traceIdOf } from './http/envelope.ts'
import { errorHandler } from './http/errors.ts'
import { headers } from './http/headers.ts'
import { noCall, refuseOtherMethods } from './http/methods.ts'
import { boundOpenCalls, headersMs, silentMs } from './http/openCalls.ts'
import { refuseStrangers } from './http/origin.ts'
import { refuseUnknownQuery } from './http/strictQuery.ts'
import { traceCalls } from './http/traced.ts'
import { compileValidator } from './http/validation.ts'
import { warningsOf } from './http/warnings.ts'
import { profile, users } from './iam/index.ts'
import { type StreamTimes, streams } from './live/streams.ts'
import { meta } from './meta.ts'
import { obproxy } from './obproxy/index.ts'
import { describeRoutes, openapi } from './openapi/index.ts'
import { packages } from './packages/index.ts'
import { hostTypes } from './places/hostTypes.ts'
import { idcs } from './places/idcs.ts'
import { regions } from './places/regions.ts'
import { services } from './services.ts'
import { tasks } from './tasks/index.ts'

export interface AppOptions {
  readonly store: Store
  readonly config: Context['config']
  readonly workflows: Workflows
  readonly logger?: FastifyServerOptions['logger']
  readonly clock?: () => Date
  /** How often what is followed live is looked at. */
  readonly times?: StreamTimes
  /** Why this process should be restarted; undefined when it is healthy. */
  readonly sick?: () => string | undefined
  /** Calls wait for it: until then there may be no user who could make one. */
  readonly opened?: Promise<unknown>
}

function noJsonSchema(): never {
  throw new TypeError('a route has a schema that is not a zod schema')
}

/** The OCP API over a store. It listens when the caller says so. */
export async function buildApp({
  store,
  config,
  workflows,
  logger = false,
  clock = () => new Date(),
  times = { tickMs: 1000, beatMs: 10_000 },
  sick = () => undefined,
  opened = Promise.resolve(),
}: AppOptions): Promise<{
  app: Api
  launcher: Launcher
  routes: readonly Declared[]
  calls: Calls
  streams: Context['streams']
}> {
  const handleError = errorHandler(config)
  const app = fastify({
    logger,
    // See logCalls: Fastify's own two lines a call name no user.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: traceIdOf,
    ...(config.trustedProxies !== undefined && { trustProxy: config.trustedProxies }),
    bodyLimit: 256 * 1024,
    connectionTimeout: silentMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: 5000 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => handleError(error, request, reply),
    // Else Fastify loads what validates and writes by JSON Schema; schemas here are zod's.
    schemaController: {
      compilersFactory: { buildValidator: noJsonSchema, buildSerializer: noJsonSchema },
    },
  }).withTypeProvider<ZodTypeProvider>()
  const starts = launcher({ store, workflows, log: app.log })

  app.setValidatorCompiler<z.ZodType>(compileValidator)
  app.setErrorHandler(handleError)
  traceCalls(app)
  app.addHook('onRequest', async () => void (await opened))
  await app.register(helmet, headers)
  app.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'))
  refuseStrangers(app, config)
  await app.register(cookie)
  boundOpenCalls(app)
  const consoleRoutes = await serveConsole(app, config)
  app.decorateRequest('caller', undefined)
  app.decorateRequest('callerRoles')
  app.decorateRequest('session', undefined)
  app.decorateRequest('bodyVerified', undefined)
  const routes: Declared[] = []
  app.addHook('onRoute', (route) => void routes.push(...declared(route)))
  app.addHook('onRoute', refuseUnknownQuery)
  const auth = authentication({ store, ...config, clock })
  app.addHook('onRequest', auth.onRequest)
  app.addHook('preParsing', auth.preParsing)
  app.addHook('preSerialization', async (request, reply, payload: Answer) =>
    request.routeOptions.config.bare || reply.statusCode >= 400
      ? payload
      : envelope(request, reply, {
          ...payload,
          warnings: [...(payload.warnings ?? []), ...warningsOf(request)],
        }),
  )
  keepBook(app, store)
  logCalls(app, config.callLog)
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  // Else a server that stops would wait for its callers' idle connections.
  app.addHook('onSend', async (_, reply) => void (closing && reply.header('connection', 'close')))
  app.addHook('onClose', () => starts.close())
  refuseOtherMethods(app)
  app.setNotFoundHandler((request) => {
    throw noCall(request)
  })
  takeBodies(app)
  // Fields beside the file are passed over.
  await app.register(multipart, {
    limits: {
      files: 1,
      fields: 20,
      parts: 21,
      fieldSize: 65_536,
      fileSize: Number.MAX_SAFE_INTEGER,
    },
  })

  const calls = await describeRoutes(app, config)

  const live = streams({ store, log: app.log, openSessions: auth.sessions.open, times })
  app.addHook('preClose', async () => live.close())
  const context: Context = {
    store,
    operations: operationsOver(store),
    config,
    launch: starts.launch,
    begin: starts.begin,
    checkPassword: auth.checkPassword,
    sessions: auth.sessions,
    streams: live,
    lookAtHosts: (look) => workflows.lookAtHosts(look),
    health: healthCheck({ store, workflows, directory: config.packagesDir }),
    sick,
  }
  for (const resource of [
    meta,
    regions,
    idcs,
    hostTypes,
    credentials,
    hosts,
    packages,
    clusters,
    obproxy,
    services,
    tasks,
    users,
    profile,
    session,
    audit,
  ])
    resource(app, context)
  openapi(app)
  consoleRoutes()
  return { app, launcher: starts, routes, calls, streams: live }
}
