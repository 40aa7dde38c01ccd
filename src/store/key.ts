import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Secret } from '../quote.ts'

/** The key that seals secrets at rest (AES-256) and its short name, stored beside what it sealed. */
export interface Key {
  readonly id: string
  readonly bytes: Buffer
}

/** A key of 32 bytes, given as base64 or hex. */
export function parseKey(text: string): Key {
  const trimmed = text.trim()
  const bytes = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64')
  if (bytes.length !== 32) throw new Error('the store key must be 32 bytes, in base64 or hex')
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

/** The key of a file, made (mode 0600) on first start. A file appears whole or not at all, so two processes that start together end with the same key. */
export async function keyFromFile(path: string): Promise<Key> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return parseKey(await readFile(path, 'utf8'))
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  return parseKey(await readFile(path, 'utf8'))
}

/** The key that was given, else that of the key file. */
export const openKey = async ({ key, keyFile }: { readonly key: Secret | undefined; readonly keyFile: string }): Promise<Key> =>
  key ? parseKey(key.reveal()) : keyFromFile(keyFile)
