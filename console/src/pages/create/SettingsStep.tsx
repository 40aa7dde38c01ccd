import { Input, InputNumber, Select } from 'antd'
import type { ReactNode } from 'react'
import { useText } from '../../settings/Settings.tsx'
import { defaultPaths, defaultPorts } from './defaults.ts'
import type { Attributes, Draft } from './draft.ts'
import { nameIsGood } from './draftRules.ts'
import { ParameterList } from './ParameterList.tsx'
import type { Inventory } from './useInventory.ts'

interface Props {
  readonly draft: Draft
  readonly inventory: Pick<Inventory, 'obproxies' | 'primaries'>
  change(part: Partial<Draft>): void
}

/** Everything with its default shown and explained: nothing but a name and a password is due. */
export function SettingsStep({ draft, inventory: { obproxies, primaries }, change }: Props) {
  const t = useText()
  const { attributes, name, standbyOf } = draft
  const isStandby = standbyOf !== undefined
  const set = (part: Attributes) => change({ attributes: { ...attributes, ...part } })
  const nameBad = name !== '' && !nameIsGood(name)
  return (
    <div className="settings">
      {(primaries.length > 0 || isStandby) && (
        <Field id="standbyOf" label={t('create.standbyOf')} help={t('create.standbyOfHelp')}>
          <Select<number>
            id="standbyOf"
            allowClear
            placeholder={t('create.noStandby')}
            {...(isStandby && { value: standbyOf })}
            options={primaries.map(({ obClusterId, name: label, obVersion }) => ({
              value: obClusterId,
              label: `${label} · ${obVersion}`,
            }))}
            onChange={(obClusterId?: number) => {
              const found = primaries.find((each) => each.obClusterId === obClusterId)
              change({ standbyOf: obClusterId, name: found?.name ?? '' })
            }}
          />
        </Field>
      )}
      <Field
        id="name"
        label={t('create.name')}
        {...(nameBad ? { problem: t('create.nameRule') } : { help: t('create.nameRule') })}
      >
        <Input
          id="name"
          value={name}
          status={nameBad ? 'error' : ''}
          disabled={isStandby}
          autoComplete="off"
          onChange={({ target }) => change({ name: target.value })}
        />
      </Field>
      <Field id="password" label={t(isStandby ? 'create.primaryPassword' : 'create.password')}>
        <Input.Password
          id="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={({ target }) => change({ password: target.value })}
        />
      </Field>
      {!isStandby && (
        <Field id="primaryZone" label={t('create.primaryZone')} help={t('create.primaryZoneHelp')}>
          <Input
            id="primaryZone"
            value={draft.primaryZone}
            placeholder={draft.zones.map((zone) => zone.name).join(',')}
            onChange={({ target }) => change({ primaryZone: target.value })}
          />
        </Field>
      )}
      {defaultPorts.map(({ key, label, help, value }) => (
        <Field key={key} id={key} label={t(label)} help={t(help)}>
          <InputNumber
            id={key}
            min={1025}
            max={65_535}
            placeholder={String(value)}
            value={attributes[key] ?? null}
            onChange={(port) => set({ [key]: port ?? undefined })}
          />
        </Field>
      ))}
      {defaultPaths.map(({ key, label, help, value }) => (
        <Field key={key} id={key} label={t(label)} {...(help && { help: t(help) })}>
          <Input
            id={key}
            placeholder={value}
            value={attributes[key] ?? ''}
            onChange={({ target }) => set({ [key]: target.value.trim() || undefined })}
          />
        </Field>
      ))}
      {obproxies.length > 0 && (
        <Field id="obproxy" label={t('create.obproxy')}>
          <Select<number[]>
            id="obproxy"
            mode="multiple"
            aria-label={t('create.obproxy')}
            value={[...draft.obproxyClusterIds]}
            options={obproxies.map(({ id, name: label }) => ({ value: id, label }))}
            onChange={(obproxyClusterIds) => change({ obproxyClusterIds })}
          />
        </Field>
      )}
      <ParameterList parameters={draft.parameters} set={(parameters) => change({ parameters })} />
    </div>
  )
}

interface FieldProps {
  readonly id: string
  readonly label: string
  readonly help?: string
  readonly problem?: string
  readonly children: ReactNode
}

function Field({ id, label, help, problem, children }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {problem !== undefined && <div className="tone-bad">{problem}</div>}
      {help !== undefined && <div className="muted">{help}</div>}
    </div>
  )
}
