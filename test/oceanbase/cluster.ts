import type { ClusterSpec, ServerSpec } from '../../src/oceanbase/index.ts'

/** OCP's own sample: cluster terran, one server, version 2.2.73; anything may be changed. */
export const terran = (changes: Partial<ClusterSpec> = {}): ClusterSpec => ({
  id: 22,
  name: 'terran',
  obClusterId: 1,
  type: 'PRIMARY',
  version: '2.2.73',
  packageId: 1,
  primaryZone: '',
  sqlPort: 2881,
  rpcPort: 2882,
  paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
  osUser: 'admin',
  startupParameters: [],
  zones: [zone('zone1', ['10.0.0.1'])],
  obproxyClusterIds: [],
  ...changes,
})

/** A zone whose first server is its root server. */
export const zone = (name: string, ips: readonly string[], regionName = '') => ({
  name,
  idcName: 'hz2',
  regionName,
  servers: ips.map(
    (ip, index): ServerSpec => ({ hostId: index + 1, ip, zone: name, rootServer: index === 0 }),
  ),
})

export const threeZones = () => [
  zone('zone1', ['10.0.0.1', '10.0.0.4']),
  zone('zone2', ['10.0.0.2', '10.0.0.5']),
  zone('zone3', ['10.0.0.3']),
]
