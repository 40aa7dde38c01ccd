import type { Role } from '../../api/types.ts'

export type RoleName = Role['name']

/** The API's roles: one that is missing here or unknown there does not compile. */
const known: Readonly<Record<RoleName, true>> = {
  ADMIN: true,
  CLUSTER_MANAGER: true,
  CLUSTER_VIEWER: true,
  HOST_MANAGER: true,
  HOST_VIEWER: true,
  OBPROXY_MANAGER: true,
  OBPROXY_VIEWER: true,
  PACKAGE_MANAGER: true,
  PACKAGE_VIEWER: true,
  PROFILE: true,
  TASK_MANAGER: true,
  TASK_VIEWER: true,
  USER_MANAGER: true,
}

const isRole = (name: string): name is RoleName => Object.hasOwn(known, name)
export const roleNames = Object.keys(known).filter(isRole)
