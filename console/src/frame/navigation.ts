import type { Permission } from '../api/types.ts'
import type { TextKey } from '../i18n/en.ts'

interface Place {
  readonly path: string
  readonly text: TextKey
  /** Without it the page would only say 403. */
  readonly permission: Permission
}

export const places: readonly Place[] = [
  { path: '/tasks', text: 'nav.tasks', permission: 'TASK:*:READ' },
  { path: '/clusters', text: 'nav.clusters', permission: 'CLUSTER:*:READ' },
  { path: '/hosts', text: 'nav.hosts', permission: 'HOST:*:READ' },
  { path: '/packages', text: 'nav.packages', permission: 'PACKAGE:*:READ' },
  { path: '/obproxy', text: 'nav.obproxy', permission: 'OBPROXY:*:READ' },
  { path: '/users', text: 'nav.users', permission: 'USER:*:READ' },
  { path: '/audit', text: 'nav.audit', permission: 'AUDIT:*:READ' },
]
