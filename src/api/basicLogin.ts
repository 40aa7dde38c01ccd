import { createHmac, randomBytes } from 'node:crypto'
import { Refused } from '../errors/refused.ts'
import { Secret } from '../quote.ts'
import type { Store, User } from '../store/index.ts'
import { hashPassword, verifyPassword } from './password.ts'

export interface Login {
  readonly username: string
  readonly password: Secret
}

/** User name and password of an `Authorization: Basic` header. */
export function basicLogin(header: string | undefined): Login | undefined {
  const encoded = /^basic +([a-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  // Control characters are not allowed (RFC 7617), and a database takes no NUL.
  return colon < 0 || /\p{Cc}/u.test(text)
    ? undefined
    : { username: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) }
}

/** Wrong passwords allowed, and for how long none is looked at afterwards. Source: OCP's defaults, by user and by client. */
const limits = { user: { failures: 5, minutes: 30 }, client: { failures: 20, minutes: 10 } } as const
type Side = keyof typeof limits

/** Logins remembered at a time. */
const remembered = 1000

const blocked = (until: Date, now: Date): Refused =>
  new Refused({ code: 'IAM10007', args: [Math.ceil((until.getTime() - now.getTime()) / 60_000)] })

/**
 * Checks passwords. A verified login is remembered by a keyed digest of user, password and client address, together with the hash it was
 * verified against: scrypt is not paid on each call, a changed password counts at once, and who is logged in is not locked out by a stranger
 * who guesses from elsewhere.
 */
export function passwordCheck(store: Store, clock: () => Date) {
  const digestKey = randomBytes(32)
  const verified = new Map<string, string>()
  // Addresses known to be blocked. A remembered login from one of them does not pass: the answer would tell a right guess from a wrong one.
  const blockedClients = new Map<string, Date>()
  // Compared against when there is no such user, so that the time of the answer does not tell.
  const nobody = hashPassword(new Secret(randomBytes(16).toString('hex')))

  const fail = (side: Side, name: string, now: Date): Promise<number> =>
    store.loginFailures.add(`${side}/${name}`, now, new Date(now.getTime() + limits[side].minutes * 60_000))

  const recall = async (username: string, digest: string): Promise<User | undefined> => {
    if (!verified.has(digest)) return undefined
    const user = await store.users.byName(username)
    return user && verified.get(digest) === user.passwordHash ? user : undefined
  }

  const verify = async ({ username, password }: Login, address: string, digest: string): Promise<User> => {
    const recalled = await recall(username, digest)
    if (recalled) return recalled
    const now = clock()
    const known = await store.loginFailures.of([`client/${address}`, `user/${username}`], now)
    const client = known.get(`client/${address}`)
    if (client && client.failures >= limits.client.failures) {
      if (blockedClients.size >= remembered) blockedClients.clear()
      blockedClients.set(address, client.until)
      throw blocked(client.until, now)
    }
    const guesses = known.get(`user/${username}`)
    if (guesses && guesses.failures >= limits.user.failures) {
      await fail('client', address, now)
      throw blocked(guesses.until, now)
    }

    const user = await store.users.byName(username)
    const matches = await verifyPassword(password, user?.passwordHash ?? (await nobody))
    if (!user || !matches) {
      await fail('client', address, now)
      const left = limits.user.failures - (await fail('user', username, now))
      throw new Refused({ code: 'IAM10004', args: [Math.max(left, 0)] })
    }
    if (guesses) await store.loginFailures.forget(`user/${username}`)
    if (verified.size >= remembered) verified.clear()
    verified.set(digest, user.passwordHash)
    return user
  }

  // One after the other: guesses sent at once are counted before the next is looked at, and a flood of them takes one core at most.
  let last: Promise<unknown> = Promise.resolve()

  /** The user of a login, or Refused: IAM10004 with the attempts left, IAM10007 when there are none. */
  return async (login: Login, address: string): Promise<User> => {
    const until = blockedClients.get(address)
    if (until && until > clock()) throw blocked(until, clock())
    const words = [login.username, login.password.reveal(), address]
    const digest = createHmac('sha256', digestKey).update(JSON.stringify(words)).digest('base64')
    const recalled = await recall(login.username, digest)
    if (recalled) return recalled
    const checked = last.then(() => verify(login, address, digest))
    last = checked.catch(() => {})
    return checked
  }
}
