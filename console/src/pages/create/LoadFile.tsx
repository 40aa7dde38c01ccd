import { App, Button } from 'antd'
import { type ChangeEvent, useRef } from 'react'
import { useText } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'
import { draftOf } from './draftFile.ts'

/** Takes a request that was saved. It never leaves the browser before it is posted. */
export function LoadFile({ load }: { load(draft: Draft): void }) {
  const t = useText()
  const { message } = App.useApp()
  const input = useRef<HTMLInputElement>(null)
  const read = async (file: File) => {
    try {
      load(draftOf(await file.text()))
      void message.success(t('create.loaded', { name: file.name }))
    } catch (error) {
      void message.error(t('create.badFile', { reason: String(error) }))
    }
  }
  const chosen = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? []
    // The same file may be chosen again.
    target.value = ''
    if (file) void read(file)
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label={t('create.load')}
        hidden
        onChange={chosen}
      />
      <Button onClick={() => input.current?.click()}>{t('create.load')}</Button>
    </>
  )
}
