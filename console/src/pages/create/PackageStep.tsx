import { Radio } from 'antd'
import { Link } from 'react-router'
import { bytes, when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'
import type { Inventory } from './useInventory.ts'

interface Props {
  readonly draft: Draft
  readonly packages: Inventory['packages']
  change(part: Partial<Draft>): void
}

export function PackageStep({ draft, packages, change }: Props) {
  const { t, language } = useSettings()
  if (packages.length === 0)
    return (
      <p>
        {t('create.noPackage')} <Link to="/packages">{t('create.toPackages')}</Link>
      </p>
    )
  return (
    <Radio.Group
      className="packages"
      value={draft.rpmName}
      onChange={({ target }) => change({ rpmName: String(target.value) })}
    >
      {packages.map((each) => (
        <Radio key={each.id} value={each.fileName}>
          <strong>{`${each.name} ${each.version}`}</strong>{' '}
          <span className="muted">
            {`${each.buildNumber} · ${each.architecture} · ${bytes(each.size)} · ${when(each.createTime, language)}`}
          </span>
        </Radio>
      ))}
    </Radio.Group>
  )
}
