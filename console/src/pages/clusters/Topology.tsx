import type { Cluster } from '../../api/types.ts'
import { StatusTag } from '../../components/StatusTag.tsx'
import { useText } from '../../settings/Settings.tsx'

/** Zones side by side, with their servers. */
export function Topology({ cluster }: { readonly cluster: Cluster }) {
  const t = useText()
  return (
    <div className="zones">
      {cluster.zones.map((zone) => (
        <section key={zone.name} className="zone" aria-label={zone.name}>
          <header className="zone-head">
            <strong>{zone.name}</strong>
            <span className="muted">
              {zone.regionName} / {zone.idcName}
            </span>
            <StatusTag status={zone.status} />
          </header>
          <ul className="plain">
            {zone.servers.map((server) => (
              <li key={server.id} className="server">
                <span className="number">
                  {server.ip}:{server.sqlPort}
                </span>
                {server.withRootserver && <span className="muted">{t('cluster.rootserver')}</span>}
                <StatusTag status={server.status} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
