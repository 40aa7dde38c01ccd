import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from '../quote.ts'
import type { Key, Keys } from './key.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM of a secret, bound to its reference, as base64 of IV, tag and ciphertext. */
export function seal(key: Key, ref: string, secret: Secret): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, key.bytes, iv).setAAD(Buffer.from(ref))
  const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
}

/**
 * The secret of a sealed text; throws when it was sealed under another reference or key, or was
 * changed.
 */
function unseal(key: Key, ref: string, sealed: string): Secret {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(algorithm, key.bytes, bytes.subarray(0, ivBytes)).setAAD(
    Buffer.from(ref),
  )
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  return new Secret(
    Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString(
      'utf8',
    ),
  )
}

/**
 * The same with that of the keys whose id stands beside the sealed text; throws when it is none of
 * them.
 */
export function unsealWith(keys: Keys, keyId: string, ref: string, sealed: string): Secret {
  const key = keys.find(({ id }) => id === keyId)
  if (key) return unseal(key, ref, sealed)
  const known = keys.map(({ id }) => id).join(', ')
  throw new Error(
    `secret ${ref} is sealed with key ${keyId}, which is none of this process's (${known})`,
  )
}
