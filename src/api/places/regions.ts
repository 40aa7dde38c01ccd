import { z } from 'zod'
import type { Api, Context } from '../context.ts'
import { data } from '../http/envelope.ts'
import { one } from '../schemas/envelope.ts'
import { region as shape } from '../schemas/inventory.ts'
import { named, namedCalls, showNamed, taken } from './named.ts'

/** OCP's `/api/v2/compute/regions`. */
export function regions(api: Api, { store }: Context): void {
  const path = '/api/v2/compute/regions'

  api.post(
    path,
    {
      config: {
        permission: 'HOST:*:CREATE',
        call: { tag: 'Places', id: 'createRegion', summary: 'Add a region', reply: one(shape) },
      },
      schema: { body: z.strictObject(named) },
    },
    async ({ body }) => {
      const made = await store.regions.create(body)
      if (!made) throw taken('region', body.name)
      return data(showNamed(made))
    },
  )
  namedCalls(api, {
    path,
    ids: { one: 'Region', all: 'Regions' },
    words: { one: 'region', a: 'a region', all: 'regions' },
    sortable: ['id', 'name', 'createTime'],
    rows: store.regions,
    show: showNamed,
    shape,
  })
}
