import { Spin } from 'antd'
import { useText } from '../settings/Settings.tsx'

export function Waiting() {
  const t = useText()
  return (
    <div className="waiting" role="status" aria-label={t('common.loading')}>
      <Spin />
    </div>
  )
}
