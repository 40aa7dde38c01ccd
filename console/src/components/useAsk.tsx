import { App } from 'antd'
import { type ReactNode, useCallback } from 'react'
import { useText } from '../settings/Settings.tsx'
import { wordsOf } from './Problem.tsx'

export interface Question {
  readonly title: string
  readonly text: ReactNode
  readonly button: string
  readonly danger?: boolean
  act(): Promise<unknown>
}

/** Asks before something is done, does it, and says when it was refused. */
export function useAsk(): (question: Question) => void {
  const t = useText()
  const { modal, message } = App.useApp()
  return useCallback(
    ({ title, text, button, danger = false, act }) => {
      modal.confirm({
        title,
        content: text,
        width: 560,
        okText: button,
        okButtonProps: { danger },
        cancelText: t('common.cancel'),
        autoFocusButton: 'cancel',
        onOk: async () => {
          try {
            await act()
            void message.success(t('ask.done'))
          } catch (error) {
            void message.error(wordsOf(error, t), 8)
          }
        },
      })
    },
    [modal, message, t],
  )
}
