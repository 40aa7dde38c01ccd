import type { Host } from '../../api/types.ts'
import { useText } from '../../settings/Settings.tsx'

const maxShown = 200

/** Hosts to drag from. Without a mouse they are picked in their zone. */
export function FreeHosts({ hosts }: { readonly hosts: readonly Host[] }) {
  const t = useText()
  return (
    <>
      <p className="muted">{t('create.freeHostsHelp')}</p>
      <ul className="plain free-hosts">
        {hosts.slice(0, maxShown).map((host) => (
          <li
            key={host.id}
            draggable
            onDragStart={({ dataTransfer }) => dataTransfer.setData('text/plain', String(host.id))}
          >
            <span className="number">{host.innerIpAddress}</span>
            <span className="muted">{host.idcName}</span>
          </li>
        ))}
      </ul>
      {hosts.length > maxShown && (
        <p className="muted">{t('common.more', { count: hosts.length - maxShown })}</p>
      )}
    </>
  )
}
