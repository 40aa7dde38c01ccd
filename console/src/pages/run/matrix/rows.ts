import type { Subtask } from '../../../api/types.ts'
import type { Column } from '../../../model/columns.ts'
import type { Lane } from '../../../model/zones.ts'

export type Row =
  | { readonly kind: 'zone'; readonly zone: string; readonly lanes: readonly Lane[] }
  | { readonly kind: 'host'; readonly lane: Lane }

export const cellOf = ({ cells }: Lane, { stages }: Column): Subtask | undefined =>
  stages.map((index) => cells.get(index)).find((cell) => cell !== undefined)

interface Wish {
  readonly text: string
  readonly onlyProblems: boolean
}

const failed = ({ rank }: Lane): boolean => rank === 0

/** Hosts by zone, in each those with failures first. What only runs stays where it is read. */
export function rowsOf(lanes: readonly Lane[], { text, onlyProblems }: Wish): Row[] {
  const wanted = lanes.filter(
    ({ ip, zone, rank }) =>
      (!onlyProblems || rank < 2) && (text === '' || ip.includes(text) || zone.includes(text)),
  )
  const zones = Map.groupBy(wanted, ({ zone }) => zone)
  return [...zones].flatMap(([zone, members]): Row[] => [
    ...(zone === '' ? [] : [{ kind: 'zone' as const, zone, lanes: members }]),
    ...members
      .toSorted((a, b) => Number(failed(b)) - Number(failed(a)))
      .map((lane) => ({ kind: 'host' as const, lane })),
  ])
}
