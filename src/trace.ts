import { channel } from 'node:diagnostics_channel'

/**
 * A piece of a run's time, in milliseconds of `performance.now()`. Published for whoever measures
 * (bench/install/profile.ts); while nobody listens it costs nothing.
 */
export type Span =
  | {
      readonly kind: 'subtask'
      readonly taskId: number
      readonly subtaskId: number
      readonly name: string
      /** The worker took it, the store let it begin, its work ended, the store has its end. */
      readonly taken: number
      readonly begun: number
      readonly worked: number
      readonly ended: number
    }
  | {
      readonly kind: 'command' | 'sql'
      readonly name: string
      readonly ip: string
      /** The subtask's key, of commands. */
      readonly key?: string
      /** It was asked for, began on the host or was sent, and was answered. */
      readonly asked: number
      readonly begun: number
      readonly ended: number
    }

export const spans = channel('obflow:span')

export function traced(span: () => Span): void {
  if (spans.hasSubscribers) spans.publish(span())
}
