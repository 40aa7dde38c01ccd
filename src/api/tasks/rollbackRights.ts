import type { OperationName } from '../../operations/index.ts'
import { allows, type Permission } from '../auth/permissions.ts'

/**
 * What a rollback needs beside TASK:*:UPDATE: the right of the call that does the same to what the
 * task made. Others cannot be rolled back.
 */
const rights: Readonly<Partial<Record<OperationName, Permission>>> = {
  createCluster: 'CLUSTER:*:DELETE',
  createStandbyCluster: 'CLUSTER:*:DELETE',
  createObproxyCluster: 'OBPROXY:*:DELETE',
  deleteObproxyCluster: 'OBPROXY:*:CREATE',
  linkObproxy: 'OBPROXY:*:UPDATE',
  unlinkObproxy: 'OBPROXY:*:UPDATE',
  prepareHost: 'HOST:*:DELETE',
  prepareHosts: 'HOST:*:DELETE',
}

const rightOf: ReadonlyMap<string, Permission> = new Map(Object.entries(rights))

/** Whether a caller with these roles may roll a task back, or skip a step of its rollback. */
export function mayRollBack(roles: readonly string[], operation: string): boolean {
  const right = rightOf.get(operation)
  return right !== undefined && allows(roles, right)
}
