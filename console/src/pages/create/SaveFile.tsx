import { Button, Dropdown } from 'antd'
import { download } from '../../components/download.ts'
import { useText } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'
import { fileOf } from './draftFile.ts'
import type { Inventory } from './useInventory.ts'

interface Props {
  readonly draft: Draft
  readonly inventory: Inventory
}

/** Gives what the form holds as a file: for `obflow apply`, or as the API's request. */
export function SaveFile({ draft, inventory }: Props) {
  const t = useText()
  const name = draft.name || 'cluster'
  const save = {
    async topology() {
      const { topologyFileOf } = await import('./topologyFile.ts')
      download(`${name}.yaml`, topologyFileOf(draft, inventory))
    },
    async request() {
      download(`${name}.json`, fileOf(draft))
    },
  }
  const items = [
    {
      key: 'topology',
      label: t('create.saveTopology'),
      // A topology file describes primaries only.
      disabled: draft.standbyOf !== undefined,
      onClick: () => void save.topology(),
    },
    { key: 'request', label: t('create.saveRequest'), onClick: () => void save.request() },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button>{t('create.saveFile')}</Button>
    </Dropdown>
  )
}
