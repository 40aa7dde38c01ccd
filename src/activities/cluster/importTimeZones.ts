import {
  allowSeconds,
  haveTimeZones,
  readTimeZones,
  SqlError,
  type TimeZones,
} from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { packagedFile } from './packagedFile.ts'

const importSeconds = 600
export const timeZonesFile = 'timezone_V1.log'

/**
 * Gives sys the named time zones that its package brings (from 4.2 on), for CONVERT_TZ. A cluster
 * without them works, so a refusal is only logged.
 */
export async function importTimeZones(
  node: ClusterNode,
  reading: string | Promise<string> = packagedFile(node, timeZonesFile),
): Promise<void> {
  const text = await reading
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
