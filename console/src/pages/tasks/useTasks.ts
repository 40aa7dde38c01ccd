import { api, dataOf } from '../../api/client.ts'
import type { paths } from '../../api/schema.d.ts'
import { useLoad } from '../../api/useLoad.ts'
import { usePage } from '../../components/usePage.ts'
import { useSettings } from '../../settings/Settings.tsx'

type Query = NonNullable<paths['/api/v2/tasks/instances']['get']['parameters']['query']>

/** A page of tasks, newest first. */
export function useTasks(filter: Omit<Query, 'page' | 'size' | 'sort'>) {
  const { page, size, paginationOf } = usePage()
  const { language } = useSettings()
  const loaded = useLoad(
    (signal) =>
      dataOf(
        api.GET('/api/v2/tasks/instances', {
          params: { query: { ...filter, page, size, sort: 'id,desc' } },
          signal,
        }),
      ),
    [page, language, JSON.stringify(filter)],
  )
  return { ...loaded, pagination: paginationOf(loaded.data?.page.totalElements) }
}

export type Tasks = ReturnType<typeof useTasks>
