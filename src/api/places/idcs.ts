import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Idc } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { data, done, paged } from '../http/envelope.ts'
import { idParam, key, paging } from '../http/validation.ts'
import { found, named, removed, showNamed } from './named.ts'

const query = z.strictObject({
  ...paging('id', 'name', 'createTime', 'regionId'),
  keyword: z.string().optional(),
})

const show = (idc: Idc) => {
  const { updateTime, ...facts } = showNamed(idc)
  return { ...facts, regionId: idc.regionId, regionName: idc.regionName, updateTime }
}

/** OCP's `/api/v2/compute/idcs`. */
export function idcs(api: Api, { store }: Context): void {
  const path = '/api/v2/compute/idcs'

  api.post(
    path,
    {
      config: { permission: 'HOST:*:CREATE' },
      schema: { body: z.strictObject({ ...named, regionId: key }) },
    },
    async ({ body }) => {
      const idc = await store.idcs.create(body)
      if (idc === 'taken')
        throw new Refused({
          code: 'COM10006',
          args: ['IDC', body.name],
          field: 'name',
          rejected: body.name,
        })
      if (idc === 'noRegion') {
        throw new Refused({
          code: 'COM10002',
          args: ['region', body.regionId],
          field: 'regionId',
          rejected: body.regionId,
        })
      }
      return data(show(idc))
    },
  )
  api.get(
    path,
    { config: { permission: 'HOST:*:READ' }, schema: { querystring: query } },
    async ({ query }) => paged(await store.idcs.list(query, query), query, show),
  )
  api.get(
    `${path}/:id`,
    { config: { permission: 'HOST:*:READ' }, schema: { params: idParam } },
    async ({ params: { id } }) => data(show(found(await store.idcs.get(id), 'IDC', id))),
  )
  api.delete(
    `${path}/:id`,
    { config: { permission: 'HOST:*:DELETE' }, schema: { params: idParam } },
    async ({ params: { id } }) => {
      removed(await store.idcs.remove(id), 'IDC', id)
      return done
    },
  )
}
