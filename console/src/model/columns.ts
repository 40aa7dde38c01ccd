import type { Stage } from './stages.ts'

/** A column of the matrix: what runs on each host under one name. */
export interface Column {
  readonly name: string
  /** Zone by zone a stage comes once for each zone. */
  readonly stages: readonly number[]
}

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
