import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../quote.ts'

/** Cost of a hash: about 50 ms and 16 MiB; stored beside it, so that it can be raised later. */
const cost = { N: 16_384, r: 8, p: 1 } as const
const keyBytes = 32

const derive = (password: Secret, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.reveal(), salt, keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

/** A password as it is kept: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join(
    '$',
  )
}

export async function verifyPassword(password: Secret, hash: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false
  const expected = Buffer.from(key, 'base64')
  const derived = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}
