import { asc, desc, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** A page of a list, as OCP asks for it: pages count from 1. */
export interface Paging {
  readonly page: number
  readonly size: number
  readonly sort?: { readonly field: string; readonly direction: 'asc' | 'desc' } | undefined
}

export interface Page<Item> {
  readonly contents: Item[]
  readonly total: number
}

export const window = ({ page, size }: Paging): { limit: number; offset: number } => ({
  limit: size,
  offset: (page - 1) * size,
})

/** The page that was asked for, and how many rows the query finds in all. */
export async function pageOf<Row>(
  rows: { limit(size: number): { offset(rows: number): PromiseLike<Row[]> } },
  total: PromiseLike<number>,
  paging: Paging,
): Promise<Page<Row>> {
  const { limit, offset } = window(paging)
  return { contents: await rows.limit(limit).offset(offset), total: await total }
}

/**
 * The order of a list: by the column asked for when the list has it, newest first otherwise; equal
 * ones by id.
 */
export function order(
  paging: Paging,
  columns: Readonly<Record<string, PgColumn>>,
  id: PgColumn,
): SQL[] {
  const column = paging.sort && columns[paging.sort.field]
  if (column === undefined || paging.sort === undefined) return [desc(id)]
  return [paging.sort.direction === 'asc' ? asc(column) : desc(column), asc(id)]
}

/** A pattern for `like` that takes the words of a search literally. */
export const containing = (words: string): string => `%${words.replaceAll(/[\\%_]/g, '\\$&')}%`
