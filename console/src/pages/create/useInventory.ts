import { api, dataOf } from '../../api/client.ts'
import type { Cluster, ObproxyCluster } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { useMay } from '../../session/Session.tsx'

/** What a cluster can be made of. */
export function useInventory() {
  const may = useMay()
  const proxies = may('OBPROXY:*:READ')
  const reads = may('CLUSTER:*:READ')
  return useLoad(
    async (signal) => {
      const query = { size: 2000 }
      const none: readonly ObproxyCluster[] = []
      const noCluster: readonly Cluster[] = []
      const [packages, hosts, obproxies, clusters] = await Promise.all([
        dataOf(
          api.GET('/api/v2/software-packages', {
            params: { query: { ...query, type: ['OB_SERVER_INSTALL_PACKAGE'], sort: 'id,desc' } },
            signal,
          }),
        ),
        dataOf(api.GET('/api/v2/compute/hosts', { params: { query }, signal })),
        proxies
          ? dataOf(api.GET('/api/v2/obproxy/clusters', { params: { query }, signal }))
          : { contents: none },
        reads
          ? dataOf(api.GET('/api/v2/ob/clusters', { params: { query }, signal }))
          : { contents: noCluster },
      ])
      return {
        // Only a server's package makes a cluster; libs and utils come along with it.
        packages: packages.contents.filter(({ name }) => !/-(libs|utils)$/.test(name)),
        hosts: hosts.contents,
        hostById: new Map(hosts.contents.map((host) => [host.id, host])),
        obproxies: obproxies.contents,
        // From 4.1 on a standby is a tenant.
        primaries: clusters.contents.filter(
          ({ type, status, obVersion }) =>
            type === 'PRIMARY' && status === 'RUNNING' && /^[23]\./.test(obVersion),
        ),
      }
    },
    [proxies, reads],
  )
}

export type Inventory = NonNullable<ReturnType<typeof useInventory>['data']>
