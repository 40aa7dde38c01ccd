import { z } from 'zod'
import { TransientError } from '../../errors/failure.ts'
import { asIs, type Said, say } from '../../errors/say.ts'
import { isServing, lineOf, type ObServer, SqlError, serversOf } from '../../oceanbase/index.ts'
import { sql } from '../../quote.ts'
import { inParallel } from '../inParallel.ts'
import type { ClusterNode } from '../node.ts'
import { asRoot, onCluster, selectOne } from '../session.ts'
import { type Look, until } from '../until.ts'
import { importSpatialReferences, spatialReferencesFile } from './importSpatialReferences.ts'
import { importTimeZones, timeZonesFile } from './importTimeZones.ts'
import { packagedFile } from './packagedFile.ts'
import { inWords, whatIsNotReady } from './ready.ts'

/**
 * Waits until the cluster itself says that it is whole: every server is ready, one root server
 * leads, and databases can be listed. Then gives sys the time zones that its package brings.
 */
export async function waitClusterAccessible(node: ClusterNode): Promise<void> {
  const expected = serversOf(node.cluster).map((server) => server.ip)
  const { servers } = lineOf(node.cluster.version)
  await until(say`cluster ${node.cluster.name}`, node, () =>
    onCluster(node, async (session): Promise<Look<true>> => {
      const listed = await servers(session)
      const missing = incomplete(listed, expected)
      if (missing) {
        await callOn(node, listed)
        return { waiting: missing }
      }
      const reasons = await whatIsNotReady(node, serversOf(node.cluster), listed)
      if (reasons.length > 0) return { waiting: inWords(reasons) }
      await session.rows(sql`SHOW DATABASES`, z.unknown())
      return { ready: true }
    }),
  )
  node.log(
    'INFO',
    `${expected.length} of ${expected.length} servers serve, and one root server leads`,
  )
  const [zones, systems] = await Promise.all([
    packagedFile(node, timeZonesFile),
    packagedFile(node, spatialReferencesFile),
  ])
  await importTimeZones(node, zones)
  await importSpatialReferences(node, systems)
}

/**
 * Calls on the servers that do not serve, which starts an observer that is gone. No answer is no
 * failure: it is waited for.
 */
async function callOn(node: ClusterNode, listed: readonly ObServer[]): Promise<void> {
  const serving = new Set(listed.filter(isServing).map((server) => server.ip))
  const absent = serversOf(node.cluster).filter(({ ip }) => !serving.has(ip))
  await inParallel(absent, (server) =>
    asRoot(node, server, selectOne).catch((error: unknown) => {
      if (!(error instanceof TransientError || error instanceof SqlError)) throw error
    }),
  )
}

/** What is not as it should be, in words; undefined when the cluster is whole. */
export function incomplete(
  servers: readonly ObServer[],
  expected: readonly string[],
): Said | undefined {
  const serving = new Set(servers.filter(isServing).map((server) => server.ip))
  const absent = expected.filter((ip) => !serving.has(ip))
  if (absent.length > 0) {
    const states = absent.map((ip) => {
      const status = servers.find((server) => server.ip === ip)?.status
      return status === undefined ? say`${ip} is not listed` : asIs(`${ip} ${status}`)
    })
    return say`${expected.length - absent.length} of ${expected.length} servers serve (${states.slice(0, 5)})`
  }
  if (servers.length !== expected.length)
    return say`${servers.length} servers are listed, ${expected.length} expected`
  const leaders = servers.filter((server) => server.withRootserver)
  return leaders.length === 1 ? undefined : say`${leaders.length} root servers lead`
}
