import * as view from '../../../src/view/index.ts'
import type { TaskLine } from '../api/types.ts'
import type { TextKey } from '../i18n/en.ts'

export const { isAtWork, notable } = view
export type { Tone } from '../../../src/view/index.ts'

/** A state with its word in the reader's language. */
export interface Sign extends Pick<view.Sign, 'mark' | 'tone'> {
  readonly text: TextKey
}

const worded = ({ state, mark, tone }: view.Sign): Sign => ({ mark, tone, text: `state.${state}` })

export const signOf = (state: view.State): Sign => worded(view.signOf(state))
/** A group looks like the most notable of its subtasks. */
export const signOfAll = (states: readonly view.State[]): Sign => worded(view.signOfAll(states))

/** A task that was rolled back is SUCCESSFUL to OCP, and not what was asked for to people. */
export function signOfTask({ status, operation }: Pick<TaskLine, 'status' | 'operation'>): Sign {
  const back = operation === 'ROLLBACK'
  if (status === 'FAILED') return { ...view.signs.FAILED, text: 'task.FAILED' }
  if (status === 'SUCCESSFUL')
    return back
      ? { ...view.signs.undone, text: 'task.rolledBack' }
      : { ...view.signs.SUCCESSFUL, text: 'task.SUCCESSFUL' }
  return back
    ? { ...view.signs.undoing, text: 'task.rollingBack' }
    : { ...view.signs.RUNNING, text: 'task.RUNNING' }
}
