import { randomBytes } from 'node:crypto'
import { Secret } from '../quote.ts'
import type { Store } from '../store/index.ts'
import { hashPassword } from './password.ts'
import type { Role } from './permissions.ts'

/** OCP's administrator in its samples. */
export const admin = { id: 100, username: 'admin', roles: ['ADMIN'] satisfies Role[] }

/** Creates `admin` on first start; gives the password it made up, or nothing when one was given or the user is there. */
export async function ensureAdmin(store: Store, given: Secret | undefined): Promise<Secret | undefined> {
  if (await store.users.byName(admin.username)) return undefined
  const password = given ?? new Secret(randomBytes(18).toString('base64url'))
  const created = await store.users.createOnce({ ...admin, passwordHash: await hashPassword(password) })
  return created && given === undefined ? password : undefined
}
