import { eq } from 'drizzle-orm'
import type { Finding } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { Db } from './db.ts'
import type { Creator } from './newTask.ts'
import * as schema from './schema/index.ts'

type CredentialRow = typeof schema.credentials.$inferSelect

/**
 * Whether a caller may log in at this address with a credential. Whoever chooses the address is
 * shown the password: the machine there reads it. So the owner may choose any, and all others only
 * what the owner has named.
 */
export const mayLogIn = (
  { ownerId, sharedAddresses }: Pick<CredentialRow, 'ownerId' | 'sharedAddresses'>,
  caller: Pick<Creator, 'id'>,
  address: string,
): boolean => ownerId === caller.id || sharedAddresses.includes(address)

/**
 * What stands against a caller's use of a credential at these addresses. Keeps it from being
 * deleted meanwhile.
 */
export async function credentialFindings(
  tx: Db,
  credentialId: number,
  { caller, addresses }: { readonly caller: Creator; readonly addresses: readonly string[] },
): Promise<Finding[]> {
  const { credentials } = schema
  const at = { field: 'credentialId', rejected: credentialId }
  const [found] = await tx
    .select()
    .from(credentials)
    .where(eq(credentials.id, credentialId))
    .for('key share')
  if (found === undefined) return [{ code: 'COM10002', args: ['credential', credentialId], ...at }]
  const address = addresses.find((each) => !mayLogIn(found, caller, each))
  if (address === undefined) return []
  const reason = say`credential ${found.name} is ${found.owner}'s and not shared for ${address}; use one of your own`
  return [{ code: 'COM10001', args: ['credentialId', reason], ...at }]
}
