import { isIP } from 'node:net'
import { hostname as machineName } from 'node:os'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { Refused } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import type { Api } from '../context.ts'

type Names = Pick<Config, 'listen' | 'publicUrl' | 'allowedHosts'>

const refused = (http: 403 | 421, why: Said): Refused =>
  new Refused({ code: 'COM10003', args: [why], http })

/** The name or address of a Host header; undefined when it is none. */
function nameOf(host: string): string | undefined {
  const url = `http://${host}`
  if (!URL.canParse(url)) return undefined
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

/**
 * Whether a Host header names this API. A page can make its own name resolve to this machine (DNS
 * rebinding), but not an address; an address may be one of a router in front, unknown here.
 */
function isOurs(host: string, names: ReadonlySet<string>): boolean {
  const name = nameOf(host)
  return (
    name !== undefined &&
    (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || names.has(name))
  )
}

const changesNothing: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What a browser says of the page that calls, when that page is not of this API's own origin. */
function strangerOf({ headers, host }: FastifyRequest, { publicUrl }: Names): string | undefined {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return headers.origin ?? site
  const { origin } = headers
  if (origin === undefined) return undefined
  const from = URL.canParse(origin) ? new URL(origin).host : undefined
  const own = [`http://${host}`, `https://${host}`, publicUrl ?? ''].flatMap((url) =>
    URL.canParse(url) ? [new URL(url).host] : [],
  )
  return from !== undefined && own.includes(from) ? undefined : origin
}

/**
 * Whether a call is a link that somebody follows. Browsers say it of themselves; one that does not
 * say names no origin with a link either.
 */
const followsLink = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'

/**
 * What a page of another origin may do: show a link, and read what is everybody's. It could read no
 * other answer either, but see how long one takes, and use up the streams of the user who is logged
 * in.
 */
const isHarmless = (request: FastifyRequest): boolean =>
  changesNothing.has(request.method) &&
  (request.routeOptions.config.permission === 'OPEN' || followsLink(request))

/**
 * Refuses calls under a host name that is not this API's, and calls of a page of another origin.
 * Programs send neither Origin nor Sec-Fetch-Site and pass.
 */
export function refuseStrangers(api: Api, config: Names): void {
  const publicHost = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).host]
  const given = [config.listen.host, machineName(), ...publicHost, ...config.allowedHosts]
  const names = new Set(given.flatMap((name) => nameOf(name) ?? []))
  api.addHook('onRequest', async (request) => {
    if (request.host !== '' && !isOurs(request.host, names)) {
      const name = request.host.slice(0, 100)
      throw refused(
        421,
        say`${name} is not a name of this API: call it by its address, or add the name to OBFLOW_ALLOWED_HOSTS`,
      )
    }
    const stranger = isHarmless(request) ? undefined : strangerOf(request, config)
    if (stranger !== undefined)
      throw refused(403, say`a page of ${stranger.slice(0, 100)} may not make this call`)
  })
}
