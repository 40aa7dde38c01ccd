import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { Api } from '../context.ts'
import { notBuilt } from './notBuilt.ts'

/**
 * What the console's page may load: what is served here, and the style elements that antd writes
 * (https://ant.design/docs/react/compatible-style), which carry this answer's nonce.
 */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Where the build leaves room for the nonce: `html.cspNonce` of console/vite.config.ts. */
const noncePlace = 'obflow-nonce'

const index = 'index.html'
/** Where the build puts what has a hash in its name. */
const assets = 'assets'

/** Paths of calls, and of what the build made: a page is nowhere below them. */
const noPage = /^\/(api|assets|client|healthz|readyz|services)(\/|$)/

/** A browser goes to an address; scripts ask for no HTML. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  const [path = ''] = url.split('?')
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '') && !noPage.test(path)
}

const anybody = {
  config: { permission: 'OPEN', bare: true, anyQuery: true },
  schema: { hide: true },
} as const

/**
 * Serves the console below `/`, and its page at every address that a browser goes to and that is no
 * call. All of it is open: there is nothing secret in it. Call it before authentication is added;
 * what it gives adds the routes.
 */
export async function serveConsole(
  api: Api,
  { consoleDir }: Pick<Config, 'consoleDir'>,
): Promise<() => void> {
  if (consoleDir === undefined) return () => undefined
  const built = existsSync(join(consoleDir, index))
  const html = built ? readFileSync(join(consoleDir, index), 'utf8') : notBuilt
  const files = built
    ? readdirSync(consoleDir, { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== index)
        .map(({ name }) => name)
        .filter((name) => !/\.(br|gz)$/.test(name))
    : []
  if (built)
    await api.register(fastifyStatic, {
      root: consoleDir,
      serve: false,
      preCompressed: true,
      cacheControl: false,
      index: false,
    })
  const send = (reply: FastifyReply, file: string, cacheControl: string): FastifyReply =>
    reply.header('cache-control', cacheControl).header('vary', 'accept-encoding').sendFile(file)
  const page = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64')
    return reply
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(html.replaceAll(noncePlace, nonce))
  }

  api.addHook('onRequest', async (request, reply) => {
    if (request.is404 && isNavigation(request)) return page(reply)
  })
  return () => {
    api.get('/', anybody, async (_, reply) => page(reply))
    if (!built) return
    api.get<{ Params: { '*': string } }>(`/${assets}/*`, anybody, async ({ params }, reply) =>
      send(reply, `${assets}/${params['*']}`, 'public, max-age=31536000, immutable'),
    )
    for (const file of files)
      api.get(`/${encodeURIComponent(file)}`, anybody, async (_, reply) =>
        send(reply, file, 'no-cache'),
      )
  }
}
