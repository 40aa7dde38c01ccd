import { api, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'

const query = { size: 1000 }

/** Where hosts may stand and how they are logged in to. */
export const usePlaces = () =>
  useLoad(async (signal) => {
    const [regions, idcs, types, credentials] = await Promise.all([
      dataOf(api.GET('/api/v2/compute/regions', { params: { query }, signal })),
      dataOf(api.GET('/api/v2/compute/idcs', { params: { query }, signal })),
      dataOf(api.GET('/api/v2/compute/hostTypes', { params: { query }, signal })),
      dataOf(api.GET('/api/v2/profiles/me/credentials', { params: { query }, signal })),
    ])
    return {
      regions: regions.contents,
      idcs: idcs.contents,
      types: types.contents,
      credentials: credentials.contents,
    }
  }, [])

export type Places = NonNullable<ReturnType<typeof usePlaces>['data']>
