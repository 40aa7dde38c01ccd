import type { Subtask } from '../api/types.ts'
import type { Language } from '../i18n/text.ts'
import { isAtWork } from './signs.ts'

export const moment = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text)

type Timed = Pick<Subtask, 'status' | 'startTime' | 'finishTime'>

type Span = readonly [start: number, end: number]

/** Of subtasks that have ended: a run's views ask for those of all each second. */
const ended = new WeakMap<Timed, Span>()

/** From when to when a subtask ran; to now while it runs. Undefined when it never began. */
export function spanOf(subtask: Timed, now: number): Span | undefined {
  const known = ended.get(subtask)
  if (known) return known
  const start = moment(subtask.startTime)
  if (start === undefined) return undefined
  const atWork = isAtWork(subtask)
  const end = atWork ? now : moment(subtask.finishTime)
  if (end === undefined) return undefined
  const span = [start, Math.max(start, end)] as const
  if (!atWork) ended.set(subtask, span)
  return span
}

/** From the first start to the last end of several. */
export function spanOfAll(subtasks: readonly Timed[], now: number): Span | undefined {
  let all: Span | undefined
  for (const subtask of subtasks) {
    const span = spanOf(subtask, now)
    if (span) all = all ? [Math.min(all[0], span[0]), Math.max(all[1], span[1])] : span
  }
  return all
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`: the same in both languages, as units are. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const rest = (value: number, unit: string): string =>
    value === 0 ? '' : ` ${String(value).padStart(2, '0')} ${unit}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${rest(seconds % 60, 's')}`
  return `${Math.floor(seconds / 3600)} h${rest(Math.floor((seconds % 3600) / 60), 'min')}`
}

const formats = new Map<Language, Intl.DateTimeFormat>()

/** A moment in the reader's own time zone. */
export function when(text: string | undefined, language: Language): string {
  if (text === undefined) return ''
  let format = formats.get(language)
  if (!format) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
    formats.set(language, format)
  }
  return format.format(new Date(text))
}

export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10))
  const value = size / 1024 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}
