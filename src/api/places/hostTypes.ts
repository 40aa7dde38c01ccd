import { z } from 'zod'
import type { Api, Context } from '../context.ts'
import { data } from '../http/envelope.ts'
import { one } from '../schemas/envelope.ts'
import { hostType as shape } from '../schemas/inventory.ts'
import { named, namedCalls, showNamed, taken } from './named.ts'

/** OCP's `/api/v2/compute/hostTypes`. */
export function hostTypes(api: Api, { store }: Context): void {
  const path = '/api/v2/compute/hostTypes'

  api.post(
    path,
    {
      config: {
        permission: 'HOST:*:CREATE',
        call: {
          tag: 'Places',
          id: 'createHostType',
          summary: 'Add a host type',
          reply: one(shape),
        },
      },
      schema: { body: z.strictObject(named) },
    },
    async ({ body }) => {
      const made = await store.hostTypes.create(body)
      if (!made) throw taken('host type', body.name)
      return data(showNamed(made))
    },
  )
  namedCalls(api, {
    path,
    ids: { one: 'HostType', all: 'HostTypes' },
    words: { one: 'host type', a: 'a host type', all: 'host types' },
    sortable: ['id', 'name', 'createTime'],
    rows: store.hostTypes,
    show: showNamed,
    shape,
  })
}
