import { z } from 'zod'
import { DefiniteError } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import {
  createReadOnlyUser,
  type DefaultUser,
  defaultUsers,
  generatePassword,
  grantsOf,
} from '../../oceanbase/index.ts'
import { secretOf } from '../../secretOf.ts'
import type { ClusterNode } from '../node.ts'
import { canLogIn, leadingServer, onCluster } from '../session.ts'
import { until } from '../until.ts'

/**
 * Makes ocp_monitor and proxyro with generated passwords of their own, and proves that each gets in
 * and may read, nothing else.
 */
export async function createDefaultUser(node: ClusterNode<'secrets.getOrCreate'>): Promise<void> {
  for (const { name } of defaultUsers) {
    const password = await node.store.secrets.getOrCreate(
      secretOf.cluster(node.cluster.id)[name],
      generatePassword,
    )
    await onCluster(node, async (session) => {
      for (const statement of createReadOnlyUser(name, password)) await session.run(statement)
    })
    await until(say`${name} to get in`, node, async () =>
      (await canLogIn(node, leadingServer(node), name))
        ? { ready: true }
        : { waiting: say`its password is refused` },
    )
    await proveReadOnly(node, name)
    node.log('INFO', `${name} gets in and may only read`)
  }
}

/** One column whose name holds the user's. */
const grantRow = z.record(z.string(), z.string()).transform((row) => Object.values(row).join(' '))

/** Being known (USAGE) and reading, without the right to pass it on. */
const readsOnly = (grant: string): boolean =>
  /^GRANT\s+(USAGE|SELECT)\s+ON\s/i.test(grant) && !/\sWITH\s+GRANT\s+OPTION/i.test(grant)

async function proveReadOnly(node: ClusterNode, name: DefaultUser): Promise<void> {
  const grants = await onCluster(node, (session) => session.rows(grantsOf(name), grantRow))
  const selects = grants.some((grant) => /^GRANT\s+SELECT\s+ON\s+\*\.\*/i.test(grant))
  if (selects && grants.every(readsOnly)) return
  throw new DefiniteError({
    code: 'OBE10002',
    message: say`${name} should have SELECT ON *.* alone, but has: ${grants.join('; ') || say`nothing`}`,
    advice: say`revoke what is too much, or drop the user ${name}, then retry`,
  })
}
