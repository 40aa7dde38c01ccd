import { api, dataOf } from '../../api/client.ts'
import type { Cluster } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { Copyable } from '../../components/Copyable.tsx'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'

/** Command lines that connect to the cluster, ready to be copied. */
export function Connect({ cluster }: { readonly cluster: Cluster }) {
  const t = useText()
  const may = useMay()
  const reads = may('OBPROXY:*:READ')
  const { data } = useLoad(
    async (signal) =>
      reads
        ? dataOf(api.GET('/api/v2/obproxy/clusters', { params: { query: { size: 100 } }, signal }))
        : undefined,
    [reads],
  )
  const proxies = (data?.contents ?? []).filter(({ obLinks }) =>
    obLinks.some(({ clusterId }) => clusterId === cluster.id),
  )
  const direct = cluster.zones.flatMap(({ name, servers }) => {
    const [server] = servers
    return server ? [{ name, server }] : []
  })
  return (
    <section className="panel panel-body stack" aria-label={t('cluster.connect')}>
      <h2>{t('cluster.connect')}</h2>
      <dl className="commands">
        {proxies.map(({ id, name, address, port }) => (
          <div key={id}>
            <dt>{t('cluster.viaProxy', { name })}</dt>
            <dd>
              <Copyable text={`mysql -h${address} -P${port} -uroot@sys#${cluster.name} -p`} />
            </dd>
          </div>
        ))}
        {direct.slice(0, 9).map(({ name, server }) => (
          <div key={name}>
            <dt>{t('cluster.direct', { zone: name })}</dt>
            <dd>
              <Copyable text={`mysql -h${server.ip} -P${server.sqlPort} -uroot@sys -p`} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
