import type { FastifyHelmetOptions } from '@fastify/helmet'

/**
 * What a browser may do with an answer: nothing but show it. The page of the calls has styles of
 * its own. HSTS is up to the proxy that ends TLS.
 */
export const headers: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'unsafe-inline'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
}
