import type { ObproxyCluster } from '../../api/types.ts'
import { StatusTag } from '../../components/StatusTag.tsx'

export function Proxies({ cluster }: { readonly cluster: ObproxyCluster }) {
  return (
    <ul className="plain stack">
      {cluster.obproxies.map(({ id, ip, sqlPort, version, idcName, status }) => (
        <li key={id} className="row">
          <span className="number">{`${ip}:${sqlPort}`}</span>
          <span className="muted">{`${idcName} · ${version ?? ''}`}</span>
          <StatusTag status={status} />
        </li>
      ))}
    </ul>
  )
}
