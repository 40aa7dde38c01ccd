import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

interface Known {
  /** What changes with every write to the file, and with another file in its place. */
  readonly state: string
  readonly sha256: string
}

const known = new Map<string, Known>()
const maxKnown = 100

async function stateOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/**
 * SHA-256 of a file. One that has not changed since it was read by this process is not read again: a
 * package of hundreds of megabytes would be by every create.
 */
export async function fileDigest(path: string, signal: AbortSignal): Promise<string> {
  const state = await stateOf(path)
  const before = known.get(path)
  if (before?.state === state) return before.sha256
  const digest = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), digest, { signal })
  const sha256 = digest.digest('hex')
  // Written to while it was read: what was seen is no state that it had.
  if ((await stateOf(path)) !== state) return sha256
  const oldest = known.keys().next().value
  if (known.size >= maxKnown && oldest !== undefined) known.delete(oldest)
  known.set(path, { state, sha256 })
  return sha256
}
