import { createHash } from 'node:crypto'
import { now } from './cluster.ts'
import { readFaults } from './faults.ts'
import type { Observer } from './observer.ts'

/** sha1(sha1(password)) in hex by user, '' for none: what mysql_native_password keeps. */
export type Users = Record<string, string>

/** What other servers of the cluster know of its users, and since when the leader knows better. */
export type UserSchema = {
  /** Users before the last change, and the first halves of passwords that it brought. */
  before: Users
  changed: number
  stage1: Map<string, Buffer>
}

const sha1 = (bytes: Buffer | string): Buffer => createHash('sha1').update(bytes).digest()

/**
 * Until a server has refreshed its schema after a change; a login that fails refreshes it only once
 * the new version was broadcast. Source: oceanbase src/observer/mysql/obmp_connect.cpp,
 * load_privilege_info.
 */
const schemaDelayMs = 300

const delayMicros = (): number => (readFaults().schemaDelayMs ?? schemaDelayMs) * 1000

/** The users as a follower knows them at this moment. */
export function usersOfFollowers({ cluster, userSchema }: Observer): Users {
  const users = cluster?.users ?? {}
  return userSchema && now() < userSchema.changed + delayMicros() ? userSchema.before : users
}

/** The first half of a user's password, while followers may still let in with the one before. */
export const stage1Of = ({ userSchema }: Observer, user: string): Buffer | undefined =>
  userSchema?.stage1.get(user)

const name = String.raw`['"\x60]?([\w.-]+)['"\x60]?(?:\s*@\s*['"\x60]?[^'"\x60\s]*['"\x60]?)?`
const text = String.raw`(?:'((?:[^'\\]|''|\\.)*)'|"((?:[^"\\]|""|\\.)*)")`
const given = new RegExp(
  String.raw`^(CREATE|ALTER)\s+USER\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?${name}\s+IDENTIFIED\s+BY\s+(PASSWORD\s+)?${text}`,
  'i',
)
const bare = new RegExp(String.raw`^CREATE\s+USER\s+(?:IF\s+NOT\s+EXISTS\s+)?${name}$`, 'i')
const dropped = new RegExp(String.raw`^DROP\s+USER\s+(?:IF\s+EXISTS\s+)?${name}$`, 'i')

const plain = (quoted: string): string =>
  quoted.replaceAll(
    /''|""|\\(.)/g,
    (found, escaped: string | undefined) => escaped ?? found[0] ?? '',
  )

/** A user's new hash by a statement, with the first half where the statement has the password. */
function changeIn(
  statement: string,
  users: Users,
): { user: string; hash?: string; stage1?: Buffer } | undefined {
  const [, verb = '', user = '', hashed, single, double] = given.exec(statement) ?? []
  if (user !== '') {
    // Creating one that is there changes nothing, and altering one that is not is refused.
    if ((verb.toUpperCase() === 'CREATE') === user in users) return undefined
    const value = plain(single ?? double ?? '')
    if (hashed) return { user, hash: value.replace(/^\*/, '').toLowerCase() }
    if (value === '') return { user, hash: '' }
    const stage1 = sha1(value)
    return { user, hash: sha1(stage1).toString('hex'), stage1 }
  }
  const [, created] = bare.exec(statement) ?? []
  if (created !== undefined) return created in users ? undefined : { user: created, hash: '' }
  const [, gone] = dropped.exec(statement) ?? []
  return gone === undefined ? undefined : { user: gone }
}

/** Keeps what a statement on users, which the kernel is about to carry out, changes. */
export function noteUsers(self: Observer, statement: string): boolean {
  const { cluster } = self
  if (!cluster?.users || cluster.primary) return false
  const change = changeIn(statement, cluster.users)
  if (!change) return false
  const { user, hash, stage1 } = change
  const before = usersOfFollowers(self)
  const { [user]: _, ...others } = cluster.users
  cluster.users = hash === undefined ? others : { ...cluster.users, [user]: hash }
  self.userSchema = { before, changed: now(), stage1: new Map(stage1 ? [[user, stage1]] : []) }
  return true
}

/**
 * Checks a login by the users that are known: what the client proved, to be told to another server.
 * Undefined for a refusal.
 */
export function proved(
  users: Users,
  user: string,
  auth: Buffer,
  scramble: Buffer,
): { stage1?: Buffer } | undefined {
  const hash = users[user]
  if (hash === undefined) return undefined
  if (hash === '') return auth.length === 0 ? {} : undefined
  const mask = sha1(Buffer.concat([scramble, Buffer.from(hash, 'hex')]))
  if (auth.length !== mask.length) return undefined
  const stage1 = Buffer.from(auth.map((byte, at) => byte ^ (mask[at] ?? 0)))
  return sha1(stage1).toString('hex') === hash ? { stage1 } : undefined
}
