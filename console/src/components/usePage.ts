import type { TablePaginationConfig } from 'antd'
import { useState } from 'react'
import { useText } from '../settings/Settings.tsx'

const pageSize = 20

/** Which page of a list is shown, for the API and for the table. */
export function usePage() {
  const t = useText()
  const [page, setPage] = useState(1)
  const paginationOf = (total: number | undefined): TablePaginationConfig | false =>
    total !== undefined && total > pageSize
      ? {
          current: page,
          pageSize,
          total,
          showSizeChanger: false,
          showTotal: () => t('common.total', { total }),
          onChange: setPage,
        }
      : false
  return { page, size: pageSize, paginationOf, first: () => setPage(1) }
}
