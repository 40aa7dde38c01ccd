import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import type { Idc } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { data } from '../http/envelope.ts'
import { key } from '../http/validation.ts'
import { one } from '../schemas/envelope.ts'
import { idc as shape } from '../schemas/inventory.ts'
import { named, namedCalls, showNamed, taken } from './named.ts'

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
      config: {
        permission: 'HOST:*:CREATE',
        call: { tag: 'Places', id: 'createIdc', summary: 'Add an IDC', reply: one(shape) },
      },
      schema: { body: z.strictObject({ ...named, regionId: key }) },
    },
    async ({ body }) => {
      const idc = await store.idcs.create(body)
      if (idc === 'taken') throw taken('IDC', body.name)
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
  namedCalls(api, {
    path,
    ids: { one: 'Idc', all: 'Idcs' },
    words: { one: 'IDC', a: 'an IDC', all: 'IDCs' },
    sortable: ['id', 'name', 'createTime', 'regionId'],
    rows: store.idcs,
    show,
    shape,
  })
}
