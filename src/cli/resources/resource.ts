import { z } from 'zod'
import { type ApiClient, ApiError } from '../client.ts'
import { UsageError } from '../usageError.ts'

export type Cell = string | number | null | undefined

export interface Column<Item> {
  readonly title: string
  /** Shown with `-o wide` and by `show`. */
  readonly wide?: boolean
  of(item: Item): Cell
}

/** A kind of thing that the API lists: where it is, and how it is shown. */
export interface Resource<Item> {
  readonly kind: string
  readonly plural: string
  readonly path: string
  /** What is needed of an item; `-o json` prints all that the API told. */
  readonly item: z.ZodType<Item>
  readonly columns: readonly Column<Item>[]
  idOf(item: Item): string | number
  nameOf(item: Item): string
  /** Further names by which people mean it. */
  aliasesOf?(item: Item): readonly (string | null | undefined)[]
  /** The parameter by which the API looks for a part of a name. */
  readonly nameQuery?: string
  /** Options of `ls`; each key is the API's parameter. */
  readonly filters?: Readonly<Record<string, z.ZodType>>
  readonly sort?: string
  /** The API answers all of them at once. */
  readonly whole?: boolean
  /** There is no call for one of them. */
  readonly listOnly?: boolean
}

/** Keeps the types of an item's fields. */
export const resource = <Item>(it: Resource<Item>): Resource<Item> => it

type Query = Readonly<Record<string, unknown>>

export function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : value
    if (text !== undefined && text !== '' && text !== false) parameters.set(name, String(text))
  }
  const made = parameters.toString()
  return made === '' ? '' : `?${made}`
}

const pageSize = 200

/** All items that a query finds, or the first `limit` of them. */
export async function listed<Item>(
  client: ApiClient,
  { path, item, sort, whole = false }: Resource<Item>,
  query: Query = {},
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const page = z.object({
    contents: z.array(item),
    page: z.object({ totalPages: z.number() }).optional(),
  })
  const items: Item[] = []
  for (let number = 1; ; number += 1) {
    const size = Math.min(pageSize, limit)
    const asked = whole ? query : { ...query, sort, page: number, size }
    const { data } = await client.get(`${path}${queryText(asked)}`, page)
    items.push(...data.contents)
    if (items.length >= limit) return items.slice(0, limit)
    if (data.page === undefined || number >= data.page.totalPages) return items
  }
}

const isId = (word: string): boolean => /^[1-9]\d{0,9}$/.test(word)

/** The one of this id, or undefined. */
async function byId<Item>(client: ApiClient, { path, item }: Resource<Item>, id: string) {
  try {
    return (await client.get(`${path}/${id}`, item)).data
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** All of this name. */
export async function namesakes<Item>(
  client: ApiClient,
  kind: Resource<Item>,
  name: string,
): Promise<Item[]> {
  const query = kind.nameQuery === undefined ? {} : { [kind.nameQuery]: name }
  const all = await listed(client, kind, query)
  return all.filter((item) => [kind.nameOf(item), ...(kind.aliasesOf?.(item) ?? [])].includes(name))
}

/** The one that a name or an id means. Throws UsageError when there is none, or more than one. */
export async function found<Item>(
  client: ApiClient,
  kind: Resource<Item>,
  word: string,
): Promise<Item> {
  if (isId(word) && !kind.listOnly) {
    const item = await byId(client, kind, word)
    if (item !== undefined) return item
  }
  const [only, ...others] = kind.listOnly
    ? (await listed(client, kind)).filter(
        (item) => kind.nameOf(item) === word || String(kind.idOf(item)) === word,
      )
    : await namesakes(client, kind, word)
  if (only === undefined)
    throw new UsageError(`There is no ${kind.kind} "${word}": obflow ${kind.kind} ls lists them.`)
  if (others.length > 0) {
    const ids = [only, ...others].map((item) => kind.idOf(item)).join(', ')
    throw new UsageError(`There are several "${word}": name one by its id, ${ids}.`)
  }
  return only
}
