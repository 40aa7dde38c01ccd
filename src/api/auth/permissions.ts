const resources = [
  'AUDIT',
  'CLUSTER',
  'HOST',
  'OBPROXY',
  'PACKAGE',
  'PROFILE',
  'ROLE',
  'TASK',
  'USER',
] as const
const actions = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const

/**
 * What a call needs: an OCP permission, any caller that is known (`AUTHENTICATED`), or nothing at
 * all (`OPEN`).
 */
export type Permission = OcpPermission | 'AUTHENTICATED' | 'OPEN'
type OcpPermission = `${(typeof resources)[number]}:*:${(typeof actions)[number]}`

/** Every permission that a call may need. */
export const permissionNames = resources.flatMap((resource) =>
  actions.map((action): OcpPermission => `${resource}:*:${action}`),
)

/**
 * OCP's built-in roles that the calls served here ask for, with OCP's own permission strings.
 * Source: OCP 3.x documents, appendix "OCP default roles"; permissions of areas that are not served
 * (alarms, backup, tenants) are left out. TASK_VIEWER is named by OCP's task API only.
 */
export const roles = {
  ADMIN: ['**'],
  CLUSTER_MANAGER: [
    'CLUSTER:*:*',
    'HOST:*:*',
    'TASK:*:*',
    'USER:*:READ',
    'PACKAGE:*:*',
    'OBPROXY:*:*',
  ],
  CLUSTER_VIEWER: [
    'CLUSTER:*:READ',
    'HOST:*:READ',
    'TASK:*:READ',
    'PACKAGE:*:READ',
    'OBPROXY:*:READ',
  ],
  HOST_MANAGER: ['HOST:*:*', 'PACKAGE:*:*'],
  HOST_VIEWER: ['HOST:*:READ', 'PACKAGE:*:READ'],
  OBPROXY_MANAGER: ['OBPROXY:*:*', 'PACKAGE:*:*', 'CLUSTER:*:READ', 'HOST:*:READ'],
  OBPROXY_VIEWER: ['OBPROXY:*:READ', 'PACKAGE:*:READ', 'CLUSTER:*:READ', 'HOST:*:READ'],
  PACKAGE_MANAGER: ['PACKAGE:*:*'],
  PACKAGE_VIEWER: ['PACKAGE:*:READ'],
  PROFILE: ['PROFILE:*:*'],
  TASK_MANAGER: ['TASK:*:*'],
  TASK_VIEWER: ['TASK:*:READ'],
  USER_MANAGER: ['USER:*:*', 'ROLE:*:READ'],
} as const satisfies Record<string, readonly string[]>

export type Role = keyof typeof roles

const isRole = (name: string): name is Role => Object.hasOwn(roles, name)
export const roleNames = Object.keys(roles).filter(isRole)

/**
 * Whether a granted permission covers the one that is needed: `*` stands for one part, `**` for
 * everything.
 */
function covers(granted: string, needed: string): boolean {
  if (granted === '**') return true
  const parts = granted.split(':')
  const wanted = needed.split(':')
  return (
    parts.length === wanted.length &&
    parts.every((part, index) => part === '*' || part === wanted[index])
  )
}

/** Whether roles that are held allow all that another role allows. */
export const holds = (held: readonly string[], role: Role): boolean =>
  roles[role].every((needed) =>
    held.some((name) => isRole(name) && roles[name].some((granted) => covers(granted, needed))),
  )

/**
 * Whether a caller with these roles may make a call that needs this permission. A role that is not
 * known here allows nothing.
 */
export const allows = (held: readonly string[], needed: Permission): boolean =>
  needed === 'OPEN' ||
  needed === 'AUTHENTICATED' ||
  held.some((name) => isRole(name) && roles[name].some((granted) => covers(granted, needed)))
