import type { ClusterSpec } from './cluster.ts'

/**
 * Where a cluster lies unless told. Source: OCP's document of the create; OceanBase's own ports.
 */
export const clusterDefaults: Pick<ClusterSpec, 'paths' | 'osUser' | 'sqlPort' | 'rpcPort'> = {
  paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
  osUser: 'admin',
  sqlPort: 2881,
  rpcPort: 2882,
}
