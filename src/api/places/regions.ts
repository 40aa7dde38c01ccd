import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Api, Context } from '../context.ts'
import { data, done, paged } from '../http/envelope.ts'
import { idParam, paging } from '../http/validation.ts'
import { found, named, removed, showNamed } from './named.ts'

const query = z.strictObject({
  ...paging('id', 'name', 'createTime'),
  keyword: z.string().optional(),
})

/** OCP's `/api/v2/compute/regions`. */
export function regions(api: Api, { store }: Context): void {
  const path = '/api/v2/compute/regions'

  api.post(
    path,
    { config: { permission: 'HOST:*:CREATE' }, schema: { body: z.strictObject(named) } },
    async ({ body }) => {
      const region = await store.regions.create(body)
      if (!region)
        throw new Refused({
          code: 'COM10006',
          args: ['region', body.name],
          field: 'name',
          rejected: body.name,
        })
      return data(showNamed(region))
    },
  )
  api.get(
    path,
    { config: { permission: 'HOST:*:READ' }, schema: { querystring: query } },
    async ({ query }) => paged(await store.regions.list(query, query), query, showNamed),
  )
  api.get(
    `${path}/:id`,
    { config: { permission: 'HOST:*:READ' }, schema: { params: idParam } },
    async ({ params: { id } }) => data(showNamed(found(await store.regions.get(id), 'region', id))),
  )
  api.delete(
    `${path}/:id`,
    { config: { permission: 'HOST:*:DELETE' }, schema: { params: idParam } },
    async ({ params: { id } }) => {
      removed(await store.regions.remove(id), 'region', id)
      return done
    },
  )
}
