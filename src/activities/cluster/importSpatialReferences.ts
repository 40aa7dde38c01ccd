import {
  allowSeconds,
  haveSpatialReferences,
  readSpatialReferences,
  SqlError,
} from '../../oceanbase/index.ts'
import type { ClusterNode } from '../node.ts'
import { onCluster } from '../session.ts'
import { packagedFile } from './packagedFile.ts'

const importSeconds = 600
export const spatialReferencesFile = 'default_srs_data_mysql.sql'

/**
 * Gives sys the spatial reference systems that its package brings (from 4.0 on), without which
 * every SRID but 0 is refused. A cluster without them works, so a refusal is only logged.
 */
export async function importSpatialReferences(
  node: ClusterNode,
  reading: string | Promise<string> = packagedFile(node, spatialReferencesFile),
): Promise<void> {
  const text = await reading
  if (text === '') return
  try {
    const systems = readSpatialReferences(text)
    await onCluster(
      node,
      async (session) => {
        if (await haveSpatialReferences(session, systems)) return
        await session.run(allowSeconds(importSeconds))
        for (const statement of systems.fill) await session.run(statement)
        if (!(await haveSpatialReferences(session, systems)))
          throw new TypeError('rows are missing')
      },
      { timeoutMs: importSeconds * 1000 },
    )
    node.log('INFO', `sys has ${systems.rows} spatial reference systems`)
  } catch (error) {
    if (!(error instanceof SqlError || error instanceof TypeError)) throw error
    node.log('WARN', `sys has no spatial reference systems: ${error.message}`)
  }
}
