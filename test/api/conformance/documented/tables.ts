import { clusterTables } from './clusterTables.ts'
import { inventoryTables } from './inventoryTables.ts'
import { obproxyTables } from './obproxyTables.ts'
import type { Table } from './table.ts'
import { taskTables } from './taskTables.ts'

/**
 * OCP's objects, with every field that its tables or its samples have. Source: oceanbase/ocp-doc,
 * zh-CN/5.api-reference (task information, WrappedTaskInstance, clusters, hosts, packages,
 * OBProxy), and the 4.3 pages where they have more.
 */
export const tables = {
  Envelope: {
    successful: 'boolean',
    timestamp: 'time',
    duration: 'integer',
    status: 'integer',
    traceId: 'string',
    server: 'string',
  },
  Page: { totalElements: 'integer', totalPages: 'integer', number: 'integer', size: 'integer' },
  ApiError: { code: 'string', message: 'string', 'subErrors?': 'array' },
  SubError: { object: 'string', field: 'string', 'rejectedValue?': 'any', message: 'string' },
  ...clusterTables,
  ...taskTables,
  ...inventoryTables,
  ...obproxyTables,
} as const satisfies Record<string, Table>

export type TableName = keyof typeof tables
