import type { StateName, Tone } from '../view/index.ts'
import type { Style } from './text.ts'

/** What a state is called in a terminal. */
export const words: Readonly<Record<StateName, string>> = {
  pending: 'waiting',
  ready: 'ready',
  running: 'running',
  canceling: 'being canceled',
  failed: 'failed',
  done: 'done',
  skipped: 'skipped',
  undone: 'rolled back',
  undoing: 'being rolled back',
}

/** Colours of a terminal. */
export const styles: Readonly<Record<Tone, Style>> = {
  wait: 'dim',
  run: 'cyan',
  warn: 'yellow',
  bad: 'red',
  good: 'green',
  skip: 'yellow',
}
