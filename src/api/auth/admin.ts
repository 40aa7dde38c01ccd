import { randomBytes } from 'node:crypto'
import { Secret } from '../../quote.ts'
import type { Store } from '../../store/index.ts'
import { hashPassword, verifyPassword } from './password.ts'
import type { Role } from './permissions.ts'

/** OCP's administrator in its samples. */
export const admin = { id: 100, username: 'admin', roles: ['ADMIN'] satisfies Role[] }

/** What became of `admin` at a start. */
export type AdminStart =
  | { readonly kind: 'made'; readonly password: Secret | undefined }
  /** The user is there; whether it has another password than the one given. */
  | { readonly kind: 'there'; readonly differs: boolean }

/** A password that nobody has yet. */
export const newPassword = (): Secret => new Secret(randomBytes(18).toString('base64url'))

/** Creates `admin` on first start; gives the password that it made up when none was given. */
export async function ensureAdmin(store: Store, given: Secret | undefined): Promise<AdminStart> {
  const there = await store.users.byName(admin.username)
  if (there)
    return {
      kind: 'there',
      differs: given !== undefined && !(await verifyPassword(given, there.passwordHash)),
    }
  const password = given ?? newPassword()
  const created = await store.users.createOnce({
    ...admin,
    passwordHash: await hashPassword(password),
  })
  return created
    ? { kind: 'made', password: given === undefined ? password : undefined }
    : { kind: 'there', differs: false }
}

/** What is printed about `admin` at the start. */
export function adminNotice(start: AdminStart): string | undefined {
  if (start.kind === 'made')
    return (
      start.password &&
      `First start: user admin, password ${start.password.reveal()} (it is not shown again)`
    )
  if (!start.differs) return undefined
  return 'OBFLOW_ADMIN_PASSWORD is not the password of admin, who was there already: it is read on first start only. A new one is set by: obflow password admin'
}
