import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { Secret } from '../../quote.ts'
import type { Store, User } from '../../store/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The login by form that the call was made with; undefined for every other kind of login. */
    session: SessionRef | undefined
  }
  interface FastifyContextConfig {
    /** Answers as long as something goes on. It does not keep a session from being idle. */
    stream?: boolean
  }
}

export interface SessionRef {
  readonly tokenHash: string
  /** When it ends, however much it is used. */
  readonly expireTime: Date
}

export const cookieName = 'obflow_session'

/** A login by form ends after this, however much it is used. */
const maxAgeMs = 12 * 3_600_000

const hashOf = (token: Secret): string =>
  createHash('sha256').update(token.reveal()).digest('base64url')

/**
 * Whether the browser came by TLS: to this process, or to a proxy that the configuration trusts.
 * Such a proxy is taken to end TLS unless its `X-Forwarded-Proto` says otherwise.
 */
function overTls({ protocol, ips, headers }: FastifyRequest): boolean {
  const proxied = (ips?.length ?? 0) > 1
  return protocol === 'https' || (proxied && headers['x-forwarded-proto'] === undefined)
}

const cookieOptions = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: overTls(request) }) as const

/**
 * By TLS the name says that this very host set the cookie: a sibling in its domain cannot plant
 * one. Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, "The __Host-
 * Prefix".
 */
const nameFor = (request: FastifyRequest): string =>
  overTls(request) ? `__Host-${cookieName}` : cookieName

/** The token that came. Two are refused: one of them was planted for a part of the paths. */
function tokenOf(request: FastifyRequest): Secret | undefined {
  const name = nameFor(request)
  const sent = (request.headers.cookie ?? '').split(';').map((each) => each.split('=')[0]?.trim())
  if (sent.filter((each) => each === name).length > 1) throw planted()
  const token = request.cookies[name]
  return token === undefined || token === '' ? undefined : new Secret(token)
}

const changesNothing: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Browsers send one of these with each call that changes something; a call without was forged. */
function demandOrigin({ method, headers }: FastifyRequest): void {
  const told = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
  if (told || changesNothing.has(method)) return
  const why = say`a call by cookie must say its Origin or Sec-Fetch-Site`
  throw new Refused({ code: 'COM10003', args: [why], http: 403 })
}

const ended = (): Refused =>
  new Refused({ code: 'IAM10000', args: [say`the session has ended; log in again`] })

const planted = (): Refused =>
  new Refused({
    code: 'IAM10000',
    args: [say`two sessions came at once; have the browser forget the cookies of this address`],
  })

export interface SessionsOptions {
  readonly store: Store
  readonly idleMs: number
  readonly clock: () => Date
}

/**
 * Logins by form. The browser keeps a random token in a cookie, the store only its hash. The token
 * is new at each login, whatever cookie came with it.
 */
export function sessionLogin({ store, idleMs, clock }: SessionsOptions) {
  const limitsAt = (now: Date) => ({
    begunAfter: new Date(now.getTime() - maxAgeMs),
    usedAfter: new Date(now.getTime() - idleMs),
  })
  /** One write in this time is enough to know whether a session is used. */
  const useMs = idleMs / 30

  return {
    idleMs,
    /** The user of the cookie that came; undefined when none did, Refused when it is over. */
    async userOf(request: FastifyRequest): Promise<User | undefined> {
      const token = tokenOf(request)
      if (token === undefined) return undefined
      const tokenHash = hashOf(token)
      const now = clock()
      const found = await store.sessions.get(tokenHash, limitsAt(now))
      if (found === undefined) throw ended()
      demandOrigin(request)
      const { createTime, lastUsed, user } = found
      request.session = {
        tokenHash,
        expireTime: new Date(createTime.getTime() + maxAgeMs),
      }
      const counts = request.routeOptions.config.stream !== true
      if (counts && now.getTime() - lastUsed.getTime() >= useMs)
        await store.sessions.use(tokenHash, now)
      return user
    },
    /** Begins a session of a user whose password was just checked, and sets its cookie. */
    async begin(request: FastifyRequest, reply: FastifyReply, user: User): Promise<SessionRef> {
      const before = tokenOf(request)
      const token = new Secret(randomBytes(32).toString('base64url'))
      const tokenHash = hashOf(token)
      const now = clock()
      if (!(await store.sessions.create({ tokenHash, user, now }, limitsAt(now)))) throw ended()
      if (before !== undefined) await store.sessions.end(hashOf(before))
      reply.setCookie(nameFor(request), token.reveal(), cookieOptions(request))
      return { tokenHash, expireTime: new Date(now.getTime() + maxAgeMs) }
    },
    /** Ends a session and has the browser forget its cookie. */
    async end(request: FastifyRequest, reply: FastifyReply, { tokenHash }: SessionRef) {
      await store.sessions.end(tokenHash)
      reply.clearCookie(nameFor(request), cookieOptions(request))
    },
    /** Which of some sessions go on, by the hash of their token. It does not count as use. */
    open: (tokenHashes: readonly string[]): Promise<ReadonlySet<string>> =>
      store.sessions.open(tokenHashes, limitsAt(clock())),
  }
}
