import type { BootstrapRequest } from './bootstrap.ts'
import { quotedText, unquoted } from './literals.ts'
import { refusal } from './sqlErrors.ts'
import { parseRootServers } from './standby.ts'
import type { Line } from './versionLine.ts'

const head =
  /^ALTER\s+SYSTEM\s+BOOTSTRAP(?:\s+CLUSTER\s+(PRIMARY|STANDBY))?\s+([\s\S]+?)(?:\s+PRIMARY_CLUSTER_ID\s*=?\s*(\d+)\s+PRIMARY_ROOTSERVICE_LIST\s*=?\s*'([^']+)')?$/i
const item = new RegExp(
  String.raw`\s*(?:REGION\s*=?\s*(?:${quotedText}|['"\x60]?(\w+)['"\x60]?)\s+)?ZONE\s*=?\s*['"\x60]?(\w+)['"\x60]?\s+SERVER\s*=?\s*['"]([^'"]+)['"]\s*(,|$)`,
  'iy',
)

export const isBootstrap = (statement: string): boolean =>
  /^ALTER\s+SYSTEM\s+BOOTSTRAP\b/i.test(statement)

/**
 * Reads `ALTER SYSTEM BOOTSTRAP [CLUSTER …] [REGION r] ZONE z SERVER 'ip:port', …`. Throws Refusal:
 * syntax, or a standby cluster on 4.x.
 */
export function parseBootstrap(statement: string, line: Line): BootstrapRequest {
  const found = head.exec(statement)
  const syntax = () =>
    refusal('syntax', `You have an error in your SQL syntax; near '${statement.slice(0, 80)}'`)
  if (!found) throw syntax()
  const standby = (found[1] ?? '').toUpperCase() === 'STANDBY'
  if (standby && line === '4.x')
    throw refusal(
      'notSupported',
      'bootstrap of a standby cluster not supported: physical standby is per tenant since 4.1',
    )
  if (standby !== (found[3] !== undefined)) throw syntax()
  const list = found[2] ?? ''
  const servers: BootstrapRequest['servers'][number][] = []
  item.lastIndex = 0
  for (let more = true; more; ) {
    const [, quoted, region = 'sys_region', zone = '', address = '', comma] = item.exec(list) ?? []
    if (address === '') throw syntax()
    servers.push({
      region: quoted === undefined ? region : unquoted(quoted),
      zone,
      address: address.trim(),
    })
    more = comma === ','
  }
  if (!standby) return { role: 'PRIMARY', servers }
  const primary = { clusterId: Number(found[3]), rootServers: parseRootServers(found[4] ?? '') }
  if (primary.rootServers.length === 0) throw syntax()
  return { role: 'STANDBY', servers, primary }
}
