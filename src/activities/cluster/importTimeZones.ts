import { gunzipSync } from 'node:zlib'
import {
  allowSeconds,
  haveTimeZones,
  layoutOf,
  readTimeZones,
  SqlError,
  type TimeZones,
} from '../../oceanbase/index.ts'
import { sh } from '../../quote.ts'
import type { ClusterNode } from '../node.ts'
import { leadingServer, onCluster } from '../session.ts'

/** Characters that one answer of a host may have, with room to spare. */
const atOnce = 700_000
const importSeconds = 600

/**
 * Gives sys the named time zones that its package brings (from 4.2 on), for CONVERT_TZ. A cluster
 * without them works, so a refusal is only logged.
 */
export async function importTimeZones(node: ClusterNode): Promise<void> {
  const text = await fileOf(node)
  if (text === '') return
  try {
    const zones = readTimeZones(text)
    await onCluster(
      node,
      async (session) => {
        if (await haveTimeZones(session, zones.rows)) return
        await session.run(allowSeconds(importSeconds))
        for (const statement of zones.fill) await session.run(statement)
        if (!(await haveTimeZones(session, zones.rows))) throw new TypeError('rows are missing')
        for (const statement of zones.finish) await session.run(statement)
      },
      { timeoutMs: importSeconds * 1000 },
    )
    node.log('INFO', `sys has ${namesIn(zones)} named time zones`)
  } catch (error) {
    if (!(error instanceof SqlError || error instanceof TypeError)) throw error
    node.log('WARN', `sys has no named time zones: ${error.message}`)
  }
}

const namesIn = ({ rows }: TimeZones): number => rows.get('time_zone_name') ?? 0

/** The file as the package installed it, 4 MB, packed on its way; empty where there is none. */
async function fileOf(node: ClusterNode): Promise<string> {
  const host = await node.host(leadingServer(node).hostId)
  let packed = ''
  for (let at = 0; at === packed.length; at += atOnce) {
    packed += await host.must(
      sh`file=${`${layoutOf(node.cluster).etc}/timezone_V1.log`}
[ ! -r "$file" ] || gzip -9nc "$file" | base64 -w0 | tail -c ${`+${at + 1}`} | { head -c ${atOnce}; cat >/dev/null; }`,
      { as: node.cluster.osUser, title: 'read timezone_V1.log' },
    )
  }
  return packed === '' ? '' : gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')
}
