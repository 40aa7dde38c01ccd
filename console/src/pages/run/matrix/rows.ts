import type { Subtask } from '../../../api/types.ts'
import type { Stage } from '../../../model/stages.ts'
import type { Lane } from '../../../model/zones.ts'

export interface Column {
  readonly name: string
  /** Zone by zone a stage comes once for each zone. */
  readonly stages: readonly number[]
}

export type Row =
  | { readonly kind: 'zone'; readonly zone: string; readonly lanes: readonly Lane[] }
  | { readonly kind: 'host'; readonly lane: Lane }

export function columnsOf(stages: readonly Stage[]): Column[] {
  const columns = new Map<string, number[]>()
  for (const { name, index, wide } of stages) {
    if (!wide) continue
    const column = columns.get(name)
    if (column) column.push(index)
    else columns.set(name, [index])
  }
  return [...columns].map(([name, indexes]) => ({ name, stages: indexes }))
}

export const cellOf = ({ cells }: Lane, { stages }: Column): Subtask | undefined =>
  stages.map((index) => cells.get(index)).find((cell) => cell !== undefined)

interface Wish {
  readonly text: string
  readonly onlyProblems: boolean
}

/** Hosts by zone, in each those with failures first. */
export function rowsOf(lanes: readonly Lane[], { text, onlyProblems }: Wish): Row[] {
  const wanted = lanes.filter(
    ({ ip, zone, rank }) =>
      (!onlyProblems || rank < 2) && (text === '' || ip.includes(text) || zone.includes(text)),
  )
  const zones = Map.groupBy(wanted, ({ zone }) => zone)
  return [...zones].flatMap(([zone, members]): Row[] => [
    ...(zone === '' ? [] : [{ kind: 'zone' as const, zone, lanes: members }]),
    ...members.toSorted((a, b) => a.rank - b.rank).map((lane) => ({ kind: 'host' as const, lane })),
  ])
}
