import type { RouteOptions } from 'fastify'
import { z } from 'zod'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes query parameters that it does not know; every other route refuses them. */
    anyQuery?: boolean
  }
}

const none = z.strictObject({})

/**
 * Makes a route refuse query parameters that it does not know: a caller may rely on one, as on
 * `dryRun`. An onRoute hook.
 */
export function refuseUnknownQuery(route: RouteOptions): void {
  if (route.config?.anyQuery) return
  const given = route.schema?.querystring ?? none
  if (!(given instanceof z.ZodObject)) {
    throw new TypeError(`${route.method} ${route.url}: its query schema is no plain object`)
  }
  route.schema = { ...route.schema, querystring: given.strict() }
}
