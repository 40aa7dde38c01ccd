import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError } from '../errors/startError.ts'
import type { Secret } from '../quote.ts'

/** A key that seals secrets at rest (AES-256) and its short name, stored beside what it sealed. */
export interface Key {
  readonly id: string
  readonly bytes: Buffer
}

/** The keys that a process has: the first seals, all open. */
export type Keys = readonly [Key, ...Key[]]

/** A key of 32 bytes, given as base64 or hex. */
export function parseKey(text: string): Key {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64')
  if (bytes.length !== 32)
    throw new StartError('a key of the store must be 32 bytes, in base64 or hex')
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}

/** Keys between commas or on lines of their own. */
export function parseKeys(text: string): Keys {
  const [first = '', ...others] = text.split(/[\s,]+/).filter((word) => word !== '')
  return [parseKey(first), ...others.map(parseKey)]
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/**
 * The keys of a file, which is made with one key (mode 0600) on first start. A file appears whole
 * or not at all, so two processes that start together end with the same key.
 */
export async function keysFromFile(path: string): Promise<Keys> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return parseKeys(await readFile(path, 'utf8'))
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  })
  try {
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  return parseKeys(await readFile(path, 'utf8'))
}

/** The keys that were given, else those of the key file. */
export const openKeys = async ({
  key,
  keyFile,
}: {
  readonly key: Secret | undefined
  readonly keyFile: string
}): Promise<Keys> => (key ? parseKeys(key.reveal()) : keysFromFile(keyFile))
