import { Alert, App, Input, Modal } from 'antd'
import { useState } from 'react'
import type { Rehearsal } from '../api/types.ts'
import { useLoad } from '../api/useLoad.ts'
import { useText } from '../settings/Settings.tsx'
import { Changes } from './Changes.tsx'
import { Problem, wordsOf } from './Problem.tsx'
import { Waiting } from './Waiting.tsx'

interface Props {
  readonly title: string
  readonly text: string
  readonly button: string
  /** Has to be typed before the button works. */
  readonly typed?: { readonly name: string; readonly label: string }
  readonly harmless?: boolean
  /** The dry run; it may answer another shape when it is no dry run. */
  look(signal: AbortSignal): Promise<Rehearsal | object>
  act(): Promise<unknown>
  close(): void
}

const isRehearsal = (answer: Rehearsal | object): answer is Rehearsal =>
  'hosts' in answer && 'admission' in answer

/** Asks before something is changed, with the dry run of that very call. */
export function ChangeDialog({ title, text, button, typed, harmless, look, act, close }: Props) {
  const t = useText()
  const { message } = App.useApp()
  const { data, error, loading } = useLoad(look, [])
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const rehearsal = data && isRehearsal(data) ? data : undefined
  const blocked = (rehearsal?.admission.length ?? 0) > 0
  const go = async () => {
    setBusy(true)
    try {
      await act()
      void message.success(t('ask.done'))
      close()
    } catch (failure) {
      setBusy(false)
      void message.error(wordsOf(failure, t), 8)
    }
  }
  return (
    <Modal
      open
      width={720}
      title={title}
      okText={button}
      okButtonProps={{
        danger: harmless !== true,
        disabled: !rehearsal || blocked || (typed !== undefined && typed.name !== name),
      }}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => void go()}
      onCancel={close}
    >
      <p>{text}</p>
      <Problem error={error} />
      {loading && <Waiting />}
      {rehearsal?.note !== undefined && <Alert type="info" showIcon message={rehearsal.note} />}
      {rehearsal && <Changes rehearsal={rehearsal} />}
      {typed && (
        <div className="typed">
          <span>
            {typed.label}: <code>{typed.name}</code>
          </span>
          <Input
            aria-label={typed.label}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </div>
      )}
    </Modal>
  )
}
