import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const nativePassword = 'mysql_native_password'

/**
 * Capabilities a front must not offer, since it reads the packets: COMPRESS, SSL, DEPRECATE_EOF,
 * QUERY_ATTRIBUTES, ZSTD.
 */
const unreadable = 0x20 | 0x800 | 0x1000000 | 0x8000000 | 0x4000000

const pluginAuth = 0x80000
const secureConnection = 0x8000

export type Greeting = {
  serverVersion: string
  connectionId: number
  capabilities: number
  charset: number
  scramble: Buffer
}

export function newScramble(): Buffer {
  return Buffer.from(randomBytes(20).map((byte) => (byte % 94) + 33))
}

/** What an observer's own front offers before there is a kernel to ask. */
export function ownGreeting(serverVersion: string, connectionId: number): Greeting {
  return {
    serverVersion,
    connectionId,
    capabilities: 0x89f7df & ~unreadable,
    charset: 45,
    scramble: newScramble(),
  }
}

export function buildGreeting(greeting: Greeting): Buffer {
  const capabilities = greeting.capabilities & ~unreadable
  const fixed = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10)
  fixed.writeUInt32LE(greeting.connectionId, 0)
  greeting.scramble.copy(fixed, 4, 0, 8)
  fixed.writeUInt16LE(capabilities & 0xffff, 13)
  fixed.writeUInt8(greeting.charset, 15)
  fixed.writeUInt16LE(2, 16)
  fixed.writeUInt16LE((capabilities >>> 16) & 0xffff, 18)
  fixed.writeUInt8(21, 20)
  const version = Buffer.from(`${greeting.serverVersion}\0`)
  return Buffer.concat([
    Buffer.from([10]),
    version,
    fixed,
    greeting.scramble.subarray(8, 20),
    Buffer.from([0]),
    Buffer.from(`${nativePassword}\0`),
  ])
}

/** Reads a protocol 10 greeting; undefined for an ERR packet or another protocol. */
export function parseGreeting(payload: Buffer): Greeting | undefined {
  if (payload[0] !== 10) return undefined
  const end = payload.indexOf(0, 1)
  const at = end + 1
  return {
    serverVersion: payload.toString('utf8', 1, end),
    connectionId: payload.readUInt32LE(at),
    scramble: Buffer.concat([
      payload.subarray(at + 4, at + 12),
      payload.subarray(at + 31, at + 43),
    ]),
    capabilities: payload.readUInt16LE(at + 13) + payload.readUInt16LE(at + 18) * 0x10000,
    charset: payload.readUInt8(at + 15),
  }
}

/**
 * A HandshakeResponse41 taken apart just enough to change its user and its answer to the scramble.
 */
export type Login = { head: Buffer; user: string; auth: Buffer; tail: Buffer; capabilities: number }

const connectWithDatabase = 0x8
/** What a client tells of itself, which nobody reads here. */
const attributes = 0x100000

/**
 * Reads a login that answers a greeting with these capabilities; undefined for the pre-4.1 form and
 * for what is too short. What was not offered does not count, and is left out: PyMySQL and Debian's
 * mysql set flags that they were not offered, without the fields of them.
 */
export function parseLogin(payload: Buffer, offered: number): Login | undefined {
  if (payload.length < 34) return undefined
  const capabilities = (payload.readUInt32LE(0) & offered & ~unreadable & ~attributes) >>> 0
  const userEnd = payload.indexOf(0, 32)
  if (userEnd < 0 || (capabilities & secureConnection) === 0) return undefined
  const length = payload[userEnd + 1] ?? 0
  const authEnd = Math.min(userEnd + 2 + length, payload.length)
  const head = Buffer.from(payload.subarray(0, 32))
  head.writeUInt32LE(capabilities, 0)
  const texts = [connectWithDatabase, pluginAuth].filter(
    (flag) => (capabilities & flag) !== 0,
  ).length
  return {
    head,
    user: payload.toString('utf8', 32, userEnd),
    auth: payload.subarray(userEnd + 2, authEnd),
    tail: firstTexts(payload.subarray(authEnd), texts),
    capabilities,
  }
}

/** So many texts that each end with a NUL: the database and the name of the plugin. */
function firstTexts(bytes: Buffer, count: number): Buffer {
  let end = 0
  for (let found = 0; found < count; found++) {
    const nul = bytes.indexOf(0, end)
    if (nul < 0) return Buffer.concat([bytes, Buffer.from([0])])
    end = nul + 1
  }
  return bytes.subarray(0, end)
}

export function buildLogin({ head, user, auth, tail }: Login): Buffer {
  return Buffer.concat([head, Buffer.from(`${user}\0`), Buffer.from([auth.length]), auth, tail])
}

/**
 * A login of the front's own: protocol 4.1, secure connection, plugin auth, optional
 * multi-statements left off.
 */
export function newLogin(user: string, auth: Buffer): Login {
  const capabilities = 0x1 | 0x200 | 0x2000 | secureConnection | pluginAuth
  const head = Buffer.alloc(32)
  head.writeUInt32LE(capabilities, 0)
  head.writeUInt32LE(0x1000000, 4)
  head.writeUInt8(45, 8)
  return { head, user, auth, tail: Buffer.from(`${nativePassword}\0`), capabilities }
}

const sha1 = (...parts: Buffer[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest()

const xor = (left: Buffer, right: Buffer): Buffer =>
  Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)))

/**
 * mysql_native_password's answer, from sha1(password): what obproxy keeps in place of the password.
 */
export function answer(stage1: Buffer, scramble: Buffer): Buffer {
  return xor(stage1, sha1(scramble, sha1(stage1)))
}

export function checkAnswer(auth: Buffer, scramble: Buffer, stage1: Buffer): boolean {
  const expected = answer(stage1, scramble)
  return auth.length === expected.length && timingSafeEqual(auth, expected)
}

/** Asks a client for the answer to another server's scramble. */
export function authSwitchRequest(scramble: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0xfe]),
    Buffer.from(`${nativePassword}\0`),
    scramble,
    Buffer.from([0]),
  ])
}
