import { isAtWork, type Sign, type Stage, signOf, signOfAll, stagesOf } from '../view/index.ts'
import { failureLines } from './failures.ts'
import { styles } from './signs.ts'
import type { Subtask, Task } from './taskSchema.ts'
import { column, cut, duration, type Paint, painter, plain } from './text.ts'

export interface ViewOptions {
  /** The API's time, so that a wrong clock here shows no wrong durations. */
  readonly now: Date
  /** Columns of the terminal. */
  readonly width: number
  readonly color: boolean
  /** Rows that may be used; absent: as many as it takes. */
  readonly height?: number
  /** The API whose operator's guide explains the codes; no links without it. */
  readonly url?: string
}

/** More hosts than this are shown as a count, and by name only where something happens. */
const namedHosts = 6
const maxNameColumns = 36

const time = (text: string | null | undefined): number | undefined =>
  text ? Date.parse(text) : undefined
const happens = (subtask: Subtask): boolean => isAtWork(subtask) || subtask.status === 'FAILED'

/** From the first start to the last finish, in ms; to now while something runs. */
function spent(subtasks: readonly Subtask[], now: Date): number | undefined {
  const starts = subtasks
    .map((subtask) => time(subtask.startTime))
    .filter((start) => start !== undefined)
  if (starts.length === 0) return undefined
  const ends = subtasks.map((subtask) =>
    isAtWork(subtask) ? now.getTime() : (time(subtask.finishTime) ?? 0),
  )
  return Math.max(0, Math.max(...ends) - Math.min(...starts))
}

const row = (paint: Paint, indent: string, sign: Sign, cells: string, width: number): string => {
  const text = cut(cells.trimEnd(), width - indent.length - 2)
  const style = styles[sign.tone]
  return `${indent}${paint(style, sign.mark)} ${style === 'dim' ? paint(style, text) : text}`
}

const again = (subtask: Subtask): string =>
  (subtask.runTime ?? 1) > 1 ? `run ${subtask.runTime}` : ''

/** The lines of one stage: itself, then the hosts worth a line. */
function stageLines(
  stage: Stage<Subtask>,
  nameColumns: number,
  paint: Paint,
  options: ViewOptions,
  brief: boolean,
): string[] {
  const { subtasks } = stage
  const [only] = subtasks
  const wide = subtasks.length > 1
  const sign = signOfAll(subtasks)
  const done = subtasks.filter((subtask) => subtask.status === 'SUCCESSFUL').length
  const zone = only.zone ? `${plain(only.zone)} ` : ''
  const where = wide
    ? `${zone}${done}/${subtasks.length} hosts`
    : plain(only.hostIp ?? only.zone ?? '')
  const took = spent(subtasks, options.now)
  const cells = [
    column(plain(stage.name), nameColumns),
    column(where, 15),
    (took === undefined ? '' : duration(took)).padStart(11),
    wide ? '' : again(only),
  ].join('  ')
  const begun = subtasks.some((subtask) => subtask.status !== 'PENDING')
  const named =
    !wide || !begun
      ? []
      : subtasks.length <= namedHosts && !brief
        ? subtasks
        : subtasks.filter(happens).slice(0, namedHosts)
  // What keeps a subtask at work: else a wrong address says "running" for half an hour.
  const retried = (subtask: Subtask, indent: number): string[] => {
    if (!isAtWork(subtask) || !subtask.lastMessage) return []
    const text = `attempt ${(subtask.attempt ?? 2) - 1} failed: ${plain(subtask.lastMessage)}`
    return [paint('dim', ' '.repeat(indent) + cut(text, options.width - indent))]
  }
  const hosts = named.flatMap((subtask) => {
    const own = spent([subtask], options.now)
    const host = [
      column(plain(subtask.hostIp ?? `#${subtask.id}`), 15),
      (own === undefined ? '' : duration(own)).padStart(11),
    ]
    const line = row(
      paint,
      ' '.repeat(nameColumns + 4),
      signOf(subtask),
      [...host, again(subtask)].join('  '),
      options.width,
    )
    return [line, ...retried(subtask, nameColumns + 6)]
  })
  const own = wide ? [] : retried(only, 6)
  return [row(paint, '  ', sign, cells, options.width), ...own, ...hosts]
}

/**
 * As many lines as there is room for, around the one where things happen, with the rest as counts.
 */
function around(lines: readonly string[], focus: number, height: number): string[] {
  if (lines.length <= height) return [...lines]
  const start = Math.min(Math.max(0, focus - Math.floor(height / 2)), lines.length - height)
  const end = start + height
  // The first and the last line give way to what they would hide.
  const above = start > 0 ? [`  … ${start + 1} lines above`] : []
  const below = end < lines.length ? [`  … ${lines.length - end + 1} lines below`] : []
  return [...above, ...lines.slice(start + above.length, end - below.length), ...below]
}

function head(task: Task, paint: Paint, { now, width }: ViewOptions): string[] {
  const style = { RUNNING: 'cyan', FAILED: 'red', SUCCESSFUL: 'green' } as const
  const operation = task.operation && task.operation !== 'EXECUTE' ? ` (${task.operation})` : ''
  const title = [task.name, task.cluster?.name ?? '', `task ${task.id}`]
    .filter((part) => part !== '')
    .join(' · ')
  const done = task.subtasks.filter((subtask) => subtask.status === 'SUCCESSFUL').length
  const total = task.subtasks.length
  const started = time(task.startTime)
  const ended = task.status === 'RUNNING' ? now.getTime() : (time(task.finishTime) ?? now.getTime())
  const facts = `${done}/${total}  ${started === undefined ? '' : duration(ended - started)}`
  const columns = Math.max(
    0,
    Math.min(40, width - task.status.length - operation.length - facts.length - 8),
  )
  const filled = total === 0 ? 0 : Math.round((columns * done) / total)
  const bar =
    paint(style[task.status], '━'.repeat(filled)) + paint('dim', '─'.repeat(columns - filled))
  return [
    paint('bold', cut(plain(title), width)),
    `${bar}  ${facts}  ${paint(style[task.status], task.status)}${operation}`,
    '',
  ]
}

/**
 * A run as lines for a terminal: how far it is, each stage with its hosts, and what failed with the
 * commands that mend it.
 */
export function renderTask(task: Task, options: ViewOptions): string[] {
  const paint = painter(options.color)
  const stages = stagesOf(task.subtasks)
  const nameColumns = Math.min(
    maxNameColumns,
    Math.max(0, ...stages.map((stage) => stage.name.length)),
  )
  const top = head(task, paint, options)
  const bottom = failureLines(task, { paint, width: options.width, url: options.url })
  const body = (brief: boolean): string[][] =>
    stages.map((stage) => stageLines(stage, nameColumns, paint, options, brief))
  const room = Math.max(
    3,
    (options.height ?? Number.POSITIVE_INFINITY) - top.length - bottom.length,
  )
  const full = body(false)
  if (full.flat().length <= room) return [...top, ...full.flat(), ...bottom]
  const brief = body(true)
  const current = stages.findIndex((stage) =>
    stage.subtasks.some((subtask) => subtask.status !== 'SUCCESSFUL'),
  )
  const focus = brief.slice(0, Math.max(0, current)).flat().length
  return [...top, ...around(brief.flat(), focus, room), ...bottom]
}
