import type { BootstrapRequest } from './bootstrap.ts'
import { refusal } from './sqlErrors.ts'
import { parseRootServers } from './standby.ts'
import type { Line } from './versionLine.ts'

const head =
  /^ALTER\s+SYSTEM\s+BOOTSTRAP(?:\s+CLUSTER\s+(PRIMARY|STANDBY))?\s+([\s\S]+?)(?:\s+PRIMARY_CLUSTER_ID\s*=?\s*(\d+)\s+PRIMARY_ROOTSERVICE_LIST\s*=?\s*'([^']+)')?$/i
const item = /^(?:REGION\s*=?\s*['"`]?(\w+)['"`]?\s+)?ZONE\s*=?\s*['"`]?(\w+)['"`]?\s+SERVER\s*=?\s*['"]([^'"]+)['"]$/i

export const isBootstrap = (statement: string): boolean => /^ALTER\s+SYSTEM\s+BOOTSTRAP\b/i.test(statement)

/** Reads `ALTER SYSTEM BOOTSTRAP [CLUSTER …] [REGION r] ZONE z SERVER 'ip:port', …`. Throws Refusal: syntax, or a standby cluster on 4.x. */
export function parseBootstrap(statement: string, line: Line): BootstrapRequest {
  const found = head.exec(statement)
  const syntax = () => refusal('syntax', `You have an error in your SQL syntax; near '${statement.slice(0, 80)}'`)
  if (!found) throw syntax()
  const standby = (found[1] ?? '').toUpperCase() === 'STANDBY'
  if (standby && line === '4.x')
    throw refusal('notSupported', 'bootstrap of a standby cluster not supported: physical standby is per tenant since 4.1')
  if (standby !== (found[3] !== undefined)) throw syntax()
  const servers = (found[2] ?? '').split(/\s*,\s*/).map((part) => {
    const one = item.exec(part.trim())
    if (!one) throw syntax()
    return { region: one[1] ?? 'sys_region', zone: one[2] ?? '', address: (one[3] ?? '').trim() }
  })
  if (!standby) return { role: 'PRIMARY', servers }
  const primary = { clusterId: Number(found[3]), rootServers: parseRootServers(found[4] ?? '') }
  if (primary.rootServers.length === 0) throw syntax()
  return { role: 'STANDBY', servers, primary }
}
