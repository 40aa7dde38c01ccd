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
  const saveTopology = async () => {
    const { topologyFileOf } = await import('./topologyFile.ts')
    download(`${name}.yaml`, topologyFileOf(draft, inventory))
  }
  const items = [
    {
      key: 'topology',
      label: t('create.saveTopology'),
      // A topology file describes a primary, with one OBProxy cluster at most.
      disabled: draft.standbyOf !== undefined || draft.obproxyClusterIds.length > 1,
      onClick: () => void saveTopology(),
    },
    {
      key: 'request',
      label: t('create.saveRequest'),
      onClick: () => download(`${name}.json`, fileOf(draft)),
    },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button>{t('create.saveFile')}</Button>
    </Dropdown>
  )
}
