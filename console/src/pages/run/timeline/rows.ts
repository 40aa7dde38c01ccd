import type { Subtask } from '../../../api/types.ts'
import { type Sign, signOf, signOfAll } from '../../../model/signs.ts'
import type { Stage } from '../../../model/stages.ts'
import { spanOf, spanOfAll } from '../../../model/times.ts'

export interface Row {
  readonly key: string
  readonly name: string
  readonly where: string
  readonly sign: Sign
  readonly span: readonly [number, number]
  readonly critical: boolean
  /** Which node it leads to. */
  readonly id: number
}

/** A row per subtask, or per stage when there are too many hosts to read. */
export function rowsOf(
  stages: readonly Stage[],
  path: ReadonlySet<number>,
  now: number,
  perHost: boolean,
): Row[] {
  return stages
    .filter(({ join }) => !join)
    .flatMap((stage) => {
      if (perHost || stage.subtasks.length === 1)
        return stage.subtasks.flatMap((subtask) => rowOf(subtask, path, now))
      const span = spanOfAll(stage.subtasks, now)
      const last = slowest(stage.subtasks, now)
      if (!span || !last) return []
      const row: Row = {
        key: `stage-${stage.index}`,
        name: stage.name,
        where: last.hostIp ?? '',
        sign: signOfAll(stage.subtasks),
        span,
        critical: stage.subtasks.some(({ id }) => path.has(id)),
        id: last.id,
      }
      return [row]
    })
}

function rowOf(subtask: Subtask, path: ReadonlySet<number>, now: number): Row[] {
  const span = spanOf(subtask, now)
  if (!span) return []
  return [
    {
      key: String(subtask.id),
      name: subtask.name,
      where: subtask.hostIp ?? '',
      sign: signOf(subtask),
      span,
      critical: path.has(subtask.id),
      id: subtask.id,
    },
  ]
}

function slowest(subtasks: readonly Subtask[], now: number): Subtask | undefined {
  let found: Subtask | undefined
  let most = -1
  for (const subtask of subtasks) {
    const span = spanOf(subtask, now)
    const took = span ? span[1] - span[0] : -1
    if (found && took <= most) continue
    found = subtask
    most = took
  }
  return found
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400]

/** Marks of an axis: at most eight, at round times. */
export function ticksOf(total: number): number[] {
  const step = (steps.find((each) => total / (each * 1000) <= 8) ?? 604_800) * 1000
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step)
}
