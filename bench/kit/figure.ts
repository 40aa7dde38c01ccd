import { z } from 'zod'

/** A figure as one program measured it: a JSON line of `make bench`. */
export const figureSchema = z.object({
  /** Name in `make bench ONLY=…`, and what exactly was measured. */
  figure: z.string(),
  row: z.string(),
  unit: z.enum(['ms', 's', '/s', 'MiB']),
  ours: z.number(),
  reference: z.object({ name: z.string(), value: z.number() }).optional(),
  /** Median of the pairs' own ratios: what slows the machine for a moment slows both of a pair. */
  ratio: z.number().optional(),
  /** Of the ratio where there is a reference, else of ours. */
  goal: z
    .object({ atMost: z.number() })
    .or(z.object({ atLeast: z.number() }))
    .optional(),
  /** Each pair, ours first; of a figure without a reference ours alone. */
  pairs: z.array(z.array(z.number())),
  details: z.record(z.string(), z.unknown()).default({}),
})
export type Figure = z.infer<typeof figureSchema>

export const machineSchema = z.object({
  processors: z.string(),
  memoryGiB: z.number(),
  kernel: z.string(),
  node: z.string(),
  /** The machine's load when the program began. */
  load: z.number(),
})

/** A figure with where and when it was taken: a line of bench/figures.jsonl. */
export const takenSchema = figureSchema.extend({
  commit: z.string(),
  at: z.iso.datetime(),
  machine: machineSchema,
})
export type Taken = z.infer<typeof takenSchema>

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** The value below which this share of the values lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? Number.NaN

export const rounded = (value: number): number => Number(value.toPrecision(4))

/** What a figure's goal is about: the ratio, or ours where there is no reference. */
export const judged = ({ ratio, ours }: Pick<Figure, 'ratio' | 'ours'>): number => ratio ?? ours

export function isMet(figure: Pick<Figure, 'ratio' | 'ours' | 'goal'>): boolean {
  const { goal } = figure
  if (goal === undefined) return true
  return 'atMost' in goal ? judged(figure) <= goal.atMost : judged(figure) >= goal.atLeast
}

interface Measured extends Pick<Figure, 'figure' | 'row' | 'unit' | 'goal'> {
  readonly reference: string
  readonly pairs: readonly (readonly [ours: number, reference: number])[]
  readonly details?: Figure['details']
}

/** A figure of pairs: both medians and the median of the ratios. */
export const figureOf = ({ reference, pairs, details = {}, ...rest }: Measured): Figure => ({
  ...rest,
  ours: rounded(median(pairs.map(([ours]) => ours))),
  reference: { name: reference, value: rounded(median(pairs.map(([, other]) => other))) },
  ratio: rounded(median(pairs.map(([ours, other]) => ours / other))),
  pairs: pairs.map((pair) => pair.map(rounded)),
  details,
})
