import type { ObproxyCluster } from '../../api/types.ts'
import { StatusTag } from '../../components/StatusTag.tsx'
import { useText } from '../../settings/Settings.tsx'

export function Proxies({ obproxy }: { readonly obproxy: ObproxyCluster }) {
  const t = useText()
  return (
    <section aria-label={`${t('obproxy.proxies')}: ${obproxy.name}`}>
      <h2>{t('obproxy.proxies')}</h2>
      <ul className="plain">
        {obproxy.obproxies.map(({ id, ip, sqlPort, version, idcName, status }) => (
          <li key={id} className="row">
            <span className="number">{`${ip}:${sqlPort}`}</span>
            <span className="muted">{[idcName, version].filter(Boolean).join(' · ')}</span>
            <StatusTag status={status} />
          </li>
        ))}
        {obproxy.obproxies.length === 0 && <li className="muted">{t('common.none')}</li>}
      </ul>
    </section>
  )
}
