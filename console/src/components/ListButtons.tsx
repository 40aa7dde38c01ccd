import { PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useText } from '../settings/Settings.tsx'
import { useAsk } from './useAsk.tsx'

export function RefreshButton({ reload }: { reload(): void }) {
  const t = useText()
  return <Button icon={<ReloadOutlined />} aria-label={t('common.refresh')} onClick={reload} />
}

/** What a list's page is mostly opened for. */
export function AddButton({ text, onClick }: { readonly text: string; onClick(): void }) {
  return (
    <Button type="primary" icon={<PlusOutlined />} onClick={onClick}>
      {text}
    </Button>
  )
}

interface RemoveProps {
  /** Of what is removed; screen readers tell the buttons of a list apart by it. */
  readonly name: string
  readonly title: string
  readonly text: ReactNode
  readonly disabled?: boolean
  act(): Promise<unknown>
}

/** Asks before it removes something. */
export function RemoveButton({ name, title, text, disabled = false, act }: RemoveProps) {
  const t = useText()
  const ask = useAsk()
  return (
    <Button
      size="small"
      danger
      disabled={disabled}
      aria-label={`${t('common.delete')}: ${name}`}
      onClick={() => ask({ title, text, button: t('common.delete'), danger: true, act })}
    >
      {t('common.delete')}
    </Button>
  )
}
