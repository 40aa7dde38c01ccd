import { CopyOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useText } from '../settings/Settings.tsx'

/** A command or value to be pasted elsewhere. */
export function Copyable({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useText()
  const { message } = App.useApp()
  const copy = async () => {
    // There is no clipboard on a page that came over plain HTTP from another machine.
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(text).then(
          () => true,
          () => false,
        )
      : false
    void message.open(
      copied
        ? { type: 'success', content: t('common.copied') }
        : { type: 'info', content: text, duration: 10 },
    )
  }
  return (
    <span className="copyable">
      <code>{text}</code>
      <Button
        type="text"
        size="small"
        icon={<CopyOutlined />}
        aria-label={`${t('common.copy')}: ${label ?? text}`}
        onClick={() => void copy()}
      />
    </span>
  )
}
