import { api, dataOf } from '../../api/client.ts'
import type { paths } from '../../api/schema.d.ts'
import { usePaged } from '../../components/usePaged.ts'
import { useSettings } from '../../settings/Settings.tsx'

type Query = NonNullable<paths['/api/v2/tasks/instances']['get']['parameters']['query']>

/** Tasks, newest first. */
export function useTasks(filter: Omit<Query, 'page' | 'size' | 'sort'>) {
  const { language } = useSettings()
  return usePaged(
    (query, signal) =>
      dataOf(
        api.GET('/api/v2/tasks/instances', {
          params: { query: { ...filter, ...query, sort: 'id,desc' } },
          signal,
        }),
      ),
    [language, filter],
  )
}

export type Tasks = ReturnType<typeof useTasks>
