import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Page, Paging, Region, Removal } from '../../store/index.ts'
import type { Api } from '../context.ts'
import { data, done, paged } from '../http/envelope.ts'
import { found, removed } from '../http/found.ts'
import { isoTime } from '../http/time.ts'
import { idParam, paging } from '../http/validation.ts'
import { nothing, one, pageOf } from '../schemas/envelope.ts'

/** A name and a description, as regions, IDCs and host types have them. */
export const named = {
  name: z.string().max(128).trim().min(1),
  description: z.string().max(1024).nullish(),
}

export const showNamed = ({
  id,
  name,
  description,
  createTime,
  updateTime,
}: Omit<Region, 'regionId'>) => ({
  createTime: isoTime(createTime),
  description,
  id,
  name,
  updateTime: isoTime(updateTime),
})

/** What refuses a name that is given already. */
export const taken = (what: string, name: string): Refused =>
  new Refused({ code: 'COM10006', args: [what, name], field: 'name', rejected: name })

/** How a resource with a name is called, kept and shown. */
interface NamedResource<Thing> {
  readonly path: string
  /** In ids of calls: `get<one>`, `list<all>`. */
  readonly ids: { readonly one: string; readonly all: string }
  /** In sentences: `region`, `a region`, `regions`. */
  readonly words: { readonly one: string; readonly a: string; readonly all: string }
  readonly sortable: readonly [string, ...string[]]
  readonly rows: {
    get(id: number): Promise<Thing | undefined>
    list(filter: { readonly keyword?: string | undefined }, paging: Paging): Promise<Page<Thing>>
    remove(id: number): Promise<Removal>
  }
  readonly show: (thing: Thing) => unknown
  readonly shape: z.ZodType
}

/** List, get and remove of a resource that has a name. */
export function namedCalls<Thing>(api: Api, resource: NamedResource<Thing>): void {
  const { path, ids, words, sortable, rows, show, shape } = resource
  const query = z.strictObject({ ...paging(...sortable), keyword: z.string().optional() })
  const tag = 'Places'

  api.get(
    path,
    {
      config: {
        permission: 'HOST:*:READ',
        call: { tag, id: `list${ids.all}`, summary: `List ${words.all}`, reply: pageOf(shape) },
      },
      schema: { querystring: query },
    },
    async ({ query }) => paged(await rows.list(query, query), query, show),
  )
  api.get(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:READ',
        call: { tag, id: `get${ids.one}`, summary: `Get ${words.a}`, reply: one(shape) },
      },
      schema: { params: idParam },
    },
    async ({ params: { id } }) => data(show(found(await rows.get(id), words.one, id))),
  )
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'HOST:*:DELETE',
        call: {
          tag,
          id: `delete${ids.one}`,
          summary: `Remove ${words.a}`,
          description: 'Refused with 409 while something refers to it.',
          reply: nothing,
        },
      },
      schema: { params: idParam },
    },
    async ({ params: { id } }) => {
      removed(await rows.remove(id), words.one, id)
      return done
    },
  )
}
