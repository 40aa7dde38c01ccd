import type { Cluster } from '../cluster.ts'
import { type View, viewOf } from './derived.ts'

/**
 * obd's probe "is this cluster bootstrapped" reads baseline_schema_version here (deployers §1.6).
 */
export function coreTable(cluster: Cluster): View {
  const rows = {
    baseline_schema_version: cluster.created,
    snapshot_gc_ts: cluster.created,
    ddl_epoch: 1,
  }
  return viewOf(
    'gmt_create gmt_modified table_name row_id column_name column_value',
    Object.entries(rows).map(([name, value]) => ({
      gmt_create: { at: cluster.created },
      gmt_modified: { at: cluster.created },
      table_name: '__all_global_stat',
      row_id: 1,
      column_name: name,
      column_value: String(value),
    })),
  )
}
