import { checks } from './checks.ts'
import { hosts } from './hosts.ts'
import { nodes } from './nodes.ts'
import { printed } from './printed.ts'
import { requests } from './requests.ts'

/** The Chinese of every sentence that is said, by its English words. */
export const chinese: Readonly<Record<string, string>> = {
  ...requests,
  ...checks,
  ...hosts,
  ...nodes,
  ...printed,
}
