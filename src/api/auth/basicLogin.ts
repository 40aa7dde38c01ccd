import { createHmac, randomBytes } from 'node:crypto'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { Secret } from '../../quote.ts'
import type { Store, User } from '../../store/index.ts'
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

/**
 * Wrong passwords after which none is looked at for 30 minutes: of a user from one address, which
 * is OCP's default, and of a user from all addresses that did not log in before.
 */
const limits = { pair: 5, user: 50 } as const
const lockMs = 30 * 60_000

/**
 * Wrong logins a minute after which a locked user's remembered ones from that address count on
 * their connections only.
 */
const flood = { guesses: 20, ms: 60_000 } as const

/** Logins remembered at a time. */
const remembered = 1000

/** Passwords that wait to be looked at, from one address and from all. */
const maxWaiting = { address: 32, all: 200 } as const

function blocked(until: Date, now: Date): Refused {
  const retryAfter = Math.ceil((until.getTime() - now.getTime()) / 1000)
  return new Refused({ code: 'IAM10007', args: [Math.ceil(retryAfter / 60)], retryAfter })
}

/** Forgets the oldest when no more are remembered. */
function makeRoom(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size >= remembered && oldest !== undefined) map.delete(oldest)
}

/**
 * What is counted: a name that no user can have is not kept in its length. An address has no `/`,
 * so that no name makes the one look like the other.
 */
const subjectsOf = (username: string, address: string) => {
  const name = username.slice(0, 64)
  return { pair: `from/${address}/${name}`, user: `user/${name}` }
}

/**
 * Checks passwords. A verified login is remembered by a keyed digest of user, password and client
 * address, together with the hash it was verified against: scrypt is not paid on each call, a
 * changed password counts at once, and somebody who guesses does not lock out a user who is logged
 * in.
 */
export function passwordCheck(store: Store, clock: () => Date) {
  const digestKey = randomBytes(32)
  const verified = new Map<string, string>()
  // Connections that have proven a login: theirs go on under a flood of guesses from their address.
  const proven = new WeakMap<object, string>()
  const guesses = new Map<string, { readonly digests: Set<string>; readonly until: Date }>()
  const waiting = new Map<string, number>()
  // Compared against when there is no such user, so that the time of the answer does not tell.
  const nobody = hashPassword(new Secret(randomBytes(16).toString('hex')))

  const fail = (subject: string, now: Date): Promise<number> =>
    store.loginFailures.add(subject, now, new Date(now.getTime() + lockMs))

  const recall = async (username: string, digest: string): Promise<User | undefined> => {
    if (!verified.has(digest)) return undefined
    const user = await store.users.byName(username)
    return user && verified.get(digest) === user.passwordHash ? user : undefined
  }

  /**
   * Notes a wrong login; else a remembered one could be guessed without end. A client that repeats
   * an old password guesses once.
   */
  const guessed = (pair: string, digest: string, now: Date): void => {
    const known = guesses.get(pair)
    const current =
      known && known.until > now
        ? known
        : { digests: new Set<string>(), until: new Date(now.getTime() + flood.ms) }
    if (current.digests.size <= flood.guesses) current.digests.add(digest)
    guesses.delete(pair)
    makeRoom(guesses)
    guesses.set(pair, current)
  }

  const verify = async (
    { username, password }: Login,
    address: string,
    digest: string,
  ): Promise<User> => {
    const recalled = await recall(username, digest)
    if (recalled) return recalled
    const now = clock()
    const { pair, user: everywhere } = subjectsOf(username, address)
    const known = await store.loginFailures.of([pair, everywhere], now)
    for (const [subject, most] of [
      [pair, limits.pair],
      [everywhere, limits.user],
    ] as const) {
      const failed = known.get(subject)
      if (failed && failed.failures >= most) throw blocked(failed.until, now)
    }

    const user = await store.users.byName(username)
    const matches = await verifyPassword(password, user?.passwordHash ?? (await nobody))
    if (!user || !matches) {
      await fail(everywhere, now)
      throw new Refused({
        code: 'IAM10004',
        args: [Math.max(limits.pair - (await fail(pair, now)), 0)],
      })
    }
    if (known.has(pair)) await store.loginFailures.forget(pair)
    makeRoom(verified)
    verified.set(digest, user.passwordHash)
    return user
  }

  // One after the other: guesses sent at once are counted before the next is looked at, and a flood
  // of them takes one core at most.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = async (address: string, work: () => Promise<User>): Promise<User> => {
    const here = waiting.get(address) ?? 0
    const all = [...waiting.values()].reduce((sum, each) => sum + each, 0)
    if (here >= maxWaiting.address || all >= maxWaiting.all) {
      throw new Refused({ code: 'COM10004', args: [say`too many logins are being checked`] })
    }
    waiting.set(address, here + 1)
    const checked = last.then(work)
    last = checked.catch(() => {})
    try {
      return await checked
    } finally {
      const left = (waiting.get(address) ?? 1) - 1
      if (left > 0) waiting.set(address, left)
      else waiting.delete(address)
    }
  }

  /**
   * The user of a login, or Refused: IAM10004 with the attempts left, IAM10007 when there are none.
   */
  return async (login: Login, address: string, connection?: object): Promise<User> => {
    const words = [login.username, login.password.reveal(), address]
    const digest = createHmac('sha256', digestKey).update(JSON.stringify(words)).digest('base64')
    const { pair } = subjectsOf(login.username, address)
    const flooded = guesses.get(pair)
    const now = clock()
    const tooMany =
      flooded !== undefined && flooded.until > now && flooded.digests.size > flood.guesses
    if (tooMany && (connection === undefined || proven.get(connection) !== digest))
      throw blocked(flooded.until, now)
    const recalled = await recall(login.username, digest)
    if (recalled) {
      if (connection) proven.set(connection, digest)
      return recalled
    }
    try {
      const user = await inTurn(address, () => verify(login, address, digest))
      if (connection) proven.set(connection, digest)
      return user
    } catch (error) {
      guessed(pair, digest, now)
      throw error
    }
  }
}
