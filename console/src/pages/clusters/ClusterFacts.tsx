import { Link } from 'react-router'
import type { Cluster } from '../../api/types.ts'
import { when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'

export function ClusterFacts({ cluster }: { readonly cluster: Cluster }) {
  const { t, language } = useSettings()
  const facts = [
    [t('common.type'), cluster.type],
    [t('common.version'), cluster.fullVersion],
    [t('clusters.obClusterId'), cluster.obClusterId],
    [t('clusters.zones'), cluster.zones.length],
    [t('clusters.servers'), cluster.serverCount],
    [t('common.created'), when(cluster.createTime, language)],
    [t('common.creator'), cluster.creator],
  ] as const
  const { primaryCluster } = cluster
  return (
    <dl className="panel panel-body facts-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
      {primaryCluster && (
        <div>
          <dt>{t('cluster.standbyOf', { name: '' })}</dt>
          <dd>
            <Link to={`/clusters/${primaryCluster.id}`}>{primaryCluster.name}</Link>
          </dd>
        </div>
      )}
    </dl>
  )
}
