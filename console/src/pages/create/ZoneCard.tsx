import { DeleteOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import type { Host } from '../../api/types.ts'
import { useText } from '../../settings/Settings.tsx'
import type { Draft, DraftZone } from './draft.ts'
import { zoneProblems } from './draftRules.ts'

interface Props {
  readonly zone: DraftZone
  readonly draft: Draft
  readonly free: readonly Host[]
  readonly hosts: ReadonlyMap<number, Host>
  readonly idcs: readonly string[]
  change(part: Partial<DraftZone>): void
  drop(hostId: number): void
  remove(): void
}

export function ZoneCard({ zone, draft, free, hosts, idcs, change, drop, remove }: Props) {
  const t = useText()
  const problems = zoneProblems(zone, draft)
  const own = zone.servers.flatMap((id) => hosts.get(id) ?? [])
  const set = (ids: number[]) => {
    // Picked one by one like dropped ones, so that the zone takes the IDC of its first host.
    const added = ids.find((id) => !zone.servers.includes(id))
    if (added === undefined) change({ servers: ids })
    else drop(added)
  }
  return (
    <section
      className="zone"
      aria-label={zone.name}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        drop(Number(event.dataTransfer.getData('text/plain')))
      }}
    >
      <header className="zone-head">
        <Input
          className="zone-name"
          aria-label={t('create.zoneName')}
          value={zone.name}
          status={problems.name ? 'error' : ''}
          onChange={({ target }) => change({ name: target.value })}
        />
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={t('create.removeZone', { name: zone.name })}
          onClick={remove}
        />
      </header>
      <div className="zone-fields">
        <Select
          aria-label={`${t('hosts.idc')} · ${zone.name}`}
          placeholder={t('hosts.idc')}
          {...(zone.idcName !== '' && { value: zone.idcName })}
          options={idcs.map((value) => ({ value, label: value }))}
          onChange={(idcName: string) => change({ idcName })}
        />
        <Select<number[]>
          mode="multiple"
          aria-label={t('create.chooseHosts', { zone: zone.name })}
          placeholder={t('create.chooseHosts', { zone: zone.name })}
          value={[...zone.servers]}
          optionFilterProp="label"
          options={[...own, ...free].map(({ id, innerIpAddress, idcName }) => ({
            value: id,
            label: `${innerIpAddress} · ${idcName}`,
          }))}
          onChange={set}
        />
        <div className="zone-problems" aria-live="polite">
          {[problems.name, problems.idc, problems.servers].map(
            (problem) =>
              problem && (
                <div key={problem} className="tone-warn">
                  <span aria-hidden>!</span> {t(problem)}
                </div>
              ),
          )}
        </div>
      </div>
    </section>
  )
}
