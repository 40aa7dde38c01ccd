import type { TablePaginationConfig } from 'antd'
import { type DependencyList, useState } from 'react'
import { type Loaded, useLoad } from '../api/useLoad.ts'
import { useText } from '../settings/Settings.tsx'

const size = 20

/** What the API lists: a page of it, and how many there are in all. */
interface Part<Item> {
  readonly contents: readonly Item[]
  readonly page?: { readonly totalElements: number }
}

export interface Paged<Item> extends Loaded<Part<Item>> {
  readonly pagination: TablePaginationConfig | false
}

/** A list a page at a time. Another filter begins at its first page. */
export function usePaged<Item>(
  load: (
    query: { readonly page: number; readonly size: number },
    signal: AbortSignal,
  ) => Promise<Part<Item>>,
  filter: DependencyList = [],
): Paged<Item> {
  const t = useText()
  const key = JSON.stringify(filter)
  const [at, setAt] = useState({ key, page: 1 })
  const page = at.key === key ? at.page : 1
  const loaded = useLoad((signal) => load({ page, size }, signal), [page, key])
  const total = loaded.data?.page?.totalElements ?? 0
  const pagination = total > size && {
    current: page,
    pageSize: size,
    total,
    showSizeChanger: false,
    showTotal: () => t('common.total', { total }),
    onChange: (next: number) => setAt({ key, page: next }),
  }
  return { ...loaded, pagination }
}
