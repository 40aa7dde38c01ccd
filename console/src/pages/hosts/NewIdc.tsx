import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { useCall } from '../../components/useCall.ts'
import { useText } from '../../settings/Settings.tsx'
import type { Places } from './usePlaces.ts'

interface Props {
  readonly regions: Places['regions']
  made(): void
}

/** An IDC, and its region when there is none of that name. */
export function NewIdc({ regions, made }: Props) {
  const t = useText()
  const { busy, call } = useCall()
  const [region, setRegion] = useState('')
  const [name, setName] = useState('')
  const make = async () => {
    const done = await call(async () => {
      const known = regions.find((each) => each.name === region)
      const { id } =
        known ?? (await dataOf(api.POST('/api/v2/compute/regions', { body: { name: region } })))
      return dataOf(api.POST('/api/v2/compute/idcs', { body: { name, regionId: id } }))
    })
    if (done) made()
  }
  return (
    <div className="add-here">
      <Input
        size="small"
        placeholder={t('hosts.region')}
        aria-label={t('hosts.region')}
        value={region}
        onChange={({ target }) => setRegion(target.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <Input
        size="small"
        placeholder={t('hosts.newIdc')}
        aria-label={t('hosts.newIdc')}
        value={name}
        onChange={({ target }) => setName(target.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <Button
        size="small"
        loading={busy}
        disabled={region === '' || name === ''}
        onClick={() => void make()}
      >
        {t('common.add')}
      </Button>
    </div>
  )
}
