import type { Table } from './table.ts'
import { anyClusterStatus, obproxyStatus, operateStatus } from './words.ts'

/** OCP's OBProxy clusters. */
export const obproxyTables = {
  ObproxyCluster: {
    id: 'integer',
    name: 'string',
    address: 'string',
    port: 'integer',
    'configUrl?': 'string',
    workMode: ['CONFIG_URL', 'RS_LIST', 'OB_SHARDING'],
    obproxies: 'array',
    obLinks: 'array',
    parameterVersion: 'integer',
    topo: 'array',
    versions: 'array',
    status: obproxyStatus,
    creatorId: 'integer',
    creatorName: 'string',
    createTime: 'time',
    updateTime: 'time',
  },
  Obproxy: {
    id: 'integer',
    clusterId: 'integer',
    hostId: 'integer',
    ip: 'string',
    idcName: 'string',
    sqlPort: 'integer',
    exporterPort: 'integer',
    architecture: 'string',
    version: 'string',
    parameterVersion: 'integer',
    status: obproxyStatus,
    operateStatus,
    lastActiveTime: 'time',
  },
  ObLink: {
    clusterId: 'integer',
    clusterName: 'string',
    obClusterId: 'integer',
    username: 'string',
    status: anyClusterStatus,
  },
} as const satisfies Record<string, Table>
