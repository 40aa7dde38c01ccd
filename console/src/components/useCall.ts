import { App } from 'antd'
import { useCallback, useState } from 'react'
import { useText } from '../settings/Settings.tsx'
import { wordsOf } from './Problem.tsx'

/** Makes a call that changes something: one at a time, and says when it was refused. */
export function useCall() {
  const t = useText()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const call = useCallback(
    async <Result>(act: () => Promise<Result>): Promise<Result | undefined> => {
      setBusy(true)
      try {
        return await act()
      } catch (error) {
        void message.error(wordsOf(error, t), 8)
        return undefined
      } finally {
        setBusy(false)
      }
    },
    [message, t],
  )
  return { busy, call }
}
