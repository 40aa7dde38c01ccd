import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refused } from '../errors/refused.ts'
import { Secret } from '../quote.ts'
import type { Store } from '../store/index.ts'
import { hashPassword, verifyPassword } from './password.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set by authentication on every call that needs it. */
    caller: { readonly id: number; readonly name: string } | undefined
  }
  interface FastifyContextConfig {
    /** Needs no authentication. */
    open?: boolean
    /** Answers without OCP's envelope. */
    bare?: boolean
  }
}

/** OCP's administrator in its samples. */
export const admin = { id: 100, username: 'admin' } as const

/** Creates `admin` on first start; gives the password it made up, or nothing when one was given or the user is there. */
export async function ensureAdmin(store: Store, given: Secret | undefined): Promise<Secret | undefined> {
  if (await store.users.byName(admin.username)) return undefined
  const password = given ?? new Secret(randomBytes(18).toString('base64url'))
  const created = await store.users.createOnce({ ...admin, passwordHash: await hashPassword(password) })
  return created && given === undefined ? password : undefined
}

interface Login {
  readonly username: string
  readonly password: Secret
}

function basicLogin(header: string | undefined): Login | undefined {
  const encoded = /^basic +([a-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) }
}

/** Logins remembered at a time. */
const remembered = 1000

/**
 * HTTP Basic on every call. A verified login is remembered by a keyed digest together with the hash it was verified against, so that scrypt
 * is not paid on each call and a changed password counts at once.
 */
export function authentication(store: Store) {
  const digestKey = randomBytes(32)
  const verified = new Map<string, string>()
  // Compared against when there is no such user, so that the time of the answer does not tell.
  const nobody = hashPassword(new Secret(randomBytes(16).toString('hex')))

  const check = async ({ username, password }: Login) => {
    const user = await store.users.byName(username)
    const digest = createHmac('sha256', digestKey).update(`${username}\0${password.reveal()}`).digest('base64')
    if (user && verified.get(digest) === user.passwordHash) return user
    const matches = await verifyPassword(password, user?.passwordHash ?? (await nobody))
    if (!user || !matches) throw new Refused({ code: 'IAM10004' })
    if (verified.size >= remembered) verified.clear()
    verified.set(digest, user.passwordHash)
    return user
  }

  return async (request: FastifyRequest): Promise<void> => {
    if (request.routeOptions.config.open) return
    const login = basicLogin(request.headers.authorization)
    if (login === undefined) throw new Refused({ code: 'IAM10000' })
    const user = await check(login)
    request.caller = { id: user.id, name: user.username }
  }
}

/** Who calls; every handler of a call that needs authentication may rely on it. */
export function callerOf(request: FastifyRequest): { readonly id: number; readonly name: string } {
  if (request.caller === undefined) throw new Error('this call has no caller')
  return request.caller
}
