import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { Link } from 'react-router'
import { useText } from '../../settings/Settings.tsx'
import { type Draft, newZone, placeHost } from './draft.ts'
import { topologyHints } from './draftRules.ts'
import { FreeHosts } from './FreeHosts.tsx'
import type { Inventory } from './useInventory.ts'
import { ZoneCard } from './ZoneCard.tsx'

interface Props {
  readonly draft: Draft
  readonly inventory: Inventory
  change(part: Partial<Draft>): void
  place(change: (draft: Draft) => Draft): void
}

/** Which hosts make which zone: dragged or picked, and checked meanwhile. */
export function TopologyStep({ draft, inventory, change, place }: Props) {
  const t = useText()
  const { zones } = draft
  const taken = new Set(zones.flatMap(({ servers }) => servers))
  const free = inventory.hosts.filter(({ id, status }) => status === 'AVAILABLE' && !taken.has(id))
  const idcs = [...new Set(inventory.hosts.map(({ idcName }) => idcName))].sort()
  const hints = topologyHints(draft, inventory.hostById)
  return (
    <div className="topology">
      <div className="zones">
        {zones.map((zone) => (
          <ZoneCard
            key={zone.key}
            {...{ zone, draft, free, idcs }}
            hosts={inventory.hostById}
            change={(part) =>
              change({
                zones: zones.map((each) => (each.key === zone.key ? { ...each, ...part } : each)),
              })
            }
            drop={(id) => {
              const host = inventory.hostById.get(id)
              if (host) place((before) => placeHost(before, zone.key, host))
            }}
            remove={() => change({ zones: zones.filter(({ key }) => key !== zone.key) })}
          />
        ))}
        <Button
          className="add-zone"
          type="dashed"
          icon={<PlusOutlined />}
          onClick={() => change({ zones: [...zones, newZone(zones.length + 1)] })}
        >
          {t('create.addZone')}
        </Button>
      </div>
      <aside className="stack">
        <h2>{t('create.freeHosts')}</h2>
        {inventory.hosts.length === 0 ? (
          <p>
            {t('create.noFreeHosts')} <Link to="/hosts">{t('nav.hosts')}</Link>
          </p>
        ) : (
          <FreeHosts hosts={free} />
        )}
        {hints.map(({ text, values }) => (
          <Alert key={`${text} ${values?.zone}`} type="info" message={t(text, values)} />
        ))}
      </aside>
    </div>
  )
}
