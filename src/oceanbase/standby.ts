import { z } from 'zod'
import { identifier, type Quoted, sql } from '../quote.ts'
import type { ClusterSpec } from './cluster.ts'
import { integer, text } from './sql/rows.ts'
import type { Sql } from './sql/sql.ts'

/*
 * Standby clusters of OceanBase 2.2.50 to 3.x. Sources: OceanBase's manual of V3.2, "Create a
 * standby cluster by using SQL commands", "ALTER SYSTEM CLUSTER", "v$ob_cluster",
 * "V$OB_STANDBY_STATUS".
 */

const cluster = z.object({ cluster_id: integer, cluster_role: text })

/** What a cluster says it is: its own id, and PRIMARY or PHYSICAL STANDBY. */
export async function clusterRole(
  session: Sql,
): Promise<{ readonly obClusterId: number; readonly role: string }> {
  const [row] = await session.rows(
    sql`SELECT cluster_id, cluster_role FROM oceanbase.v$ob_cluster`,
    cluster,
  )
  return { obClusterId: row?.cluster_id ?? 0, role: row?.cluster_role.toUpperCase() ?? '' }
}

const standby = z.object({ cluster_id: integer, cluster_status: text })

/**
 * What a primary says of a standby: REGISTERED after its BOOTSTRAP, VALID once added, DISABLED;
 * undefined for one it does not know.
 */
export const standbyStatus =
  (obClusterId: number) =>
  async (session: Sql): Promise<string | undefined> => {
    const rows = await session.rows(
      sql`SELECT cluster_id, cluster_status FROM oceanbase.v$ob_standby_status`,
      standby,
    )
    return rows.find((row) => row.cluster_id === obClusterId)?.cluster_status.toUpperCase()
  }

/**
 * Asks a primary whether it may have a standby at all; it refuses with what has to be done first.
 */
export const verifyAddCluster: Quoted = sql`ALTER SYSTEM ADD CLUSTER VERIFY`

type Named = Pick<ClusterSpec, 'name' | 'obClusterId'>

/** Lets a registered standby follow; run on the primary. */
export const addCluster = ({ name, obClusterId }: Named): Quoted =>
  sql`ALTER SYSTEM ADD CLUSTER ${identifier(name)} CLUSTER_ID = ${obClusterId}`

/** Makes the primary forget a standby. */
export const removeCluster = ({ name, obClusterId }: Named): Quoted =>
  sql`ALTER SYSTEM REMOVE CLUSTER ${identifier(name)} CLUSTER_ID = ${obClusterId}`
