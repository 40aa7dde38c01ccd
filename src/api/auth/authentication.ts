import type { FastifyReply, FastifyRequest, RequestPayload, RouteOptions } from 'fastify'
import type { RateLimits } from '../../environment.ts'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Store, User } from '../../store/index.ts'
import { isMultipart } from '../http/bodies.ts'
import { rateLimiter } from '../http/rateLimit.ts'
import { basicLogin, passwordCheck } from './basicLogin.ts'
import { allows, type Permission } from './permissions.ts'
import { sessionLogin } from './session.ts'
import { type Claim, claimOf, verifyBody, verifyOnTheWay } from './signedCall.ts'

interface Caller {
  readonly id: number
  readonly name: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set by authentication on every call that needs it. */
    caller: Caller | undefined
    /** What the caller may do; see permissions.ts. */
    callerRoles: readonly string[]
  }
  interface FastifyContextConfig {
    /** What the caller needs; every route names it. */
    permission?: Permission
    /** Answers without OCP's envelope. */
    bare?: boolean
  }
}

export interface AuthenticationOptions {
  readonly store: Store
  readonly rateLimits: RateLimits
  readonly sessionIdleMs: number
  readonly clock: () => Date
}

/** Signed uploads taken at a time: until their end they may be anybody's. */
const maxUnverified = 4

/**
 * Who calls, by HTTP Basic, by OCP's signature or by a session's cookie, and whether that may be:
 * 401, 403, 429. An `Authorization` header is all that counts where there is one.
 */
export function authentication({ store, rateLimits, sessionIdleMs, clock }: AuthenticationOptions) {
  const sessions = sessionLogin({ store, idleMs: sessionIdleMs, clock })
  const userOf = passwordCheck(store, clock)
  const count = rateLimiter(rateLimits, clock)
  const claims = new WeakMap<FastifyRequest, Claim>()
  let unverified = 0

  const enter = (
    request: FastifyRequest,
    reply: FastifyReply,
    { id, username, roles }: User,
  ): void => {
    request.caller = { id, name: username }
    request.callerRoles = roles
    if (count(id, reply).exceeded) throw new Refused({ code: '0' })
    // A path that is not there is told only to who is known, whatever the roles.
    const needed = request.is404 ? 'AUTHENTICATED' : request.routeOptions.config.permission
    if (needed === undefined || !allows(roles, needed)) throw new Refused({ code: 'IAM11000' })
  }

  return {
    /** The user of a login; see basicLogin.ts. */
    checkPassword: userOf,
    sessions: { ...sessions, enter },
    async onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      if (request.routeOptions.config.permission === 'OPEN') return
      const { authorization } = request.headers
      if (authorization === undefined) {
        const user = await sessions.userOf(request)
        if (user) return enter(request, reply, user)
      }
      const login = basicLogin(authorization)
      if (login) return enter(request, reply, await userOf(login, request.ip, request.socket))
      const claim = await claimOf(store, request, clock())
      if (claim === undefined)
        throw new Refused({ code: 'IAM10000', args: [say`no login was sent`] })
      claims.set(request, claim)
    },
    /** A signature covers the body: only here is a signed call let in. */
    async preParsing(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload) {
      const claim = claims.get(request)
      if (claim === undefined) return payload
      if (request.routeOptions.config.streamsBody && isMultipart(request)) {
        // The signature is over the body: its bytes have to be taken before anybody knows whose
        // they are.
        if (unverified >= maxUnverified)
          throw new Refused({ code: 'COM10004', args: [say`other signed uploads are under way`] })
        unverified += 1
        request.raw.once('close', () => {
          unverified -= 1
        })
        const verified = verifyOnTheWay(claim, request.raw)
        request.bodyVerified = async () => enter(request, reply, await verified())
        return payload
      }
      const { user, body } = await verifyBody(claim, { request, reply, payload })
      enter(request, reply, user)
      return body
    },
  }
}

/** A route as it was declared. */
export interface Declared {
  readonly method: string
  readonly url: string
  readonly permission: Permission
}

/**
 * What a route says of itself. One that does not say what its caller needs is a mistake, found when
 * the program starts.
 */
export function declared({
  method,
  url,
  config,
}: Pick<RouteOptions, 'method' | 'url' | 'config'>): Declared[] {
  const permission = config?.permission
  if (permission !== undefined)
    return [method].flat().map((each) => ({ method: each, url, permission }))
  throw new Error(
    `${[method].flat().join(', ')} ${url} names no permission: config: { permission: … }, see permissions.ts`,
  )
}

/** Who calls; every handler of a call that needs authentication may rely on it. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new Error('this call has no caller')
  return request.caller
}
