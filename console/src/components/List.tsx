import { Empty, Table, type TableProps } from 'antd'
import type { Loaded } from '../api/useLoad.ts'
import { Problem } from './Problem.tsx'

interface Props<Item> {
  readonly loaded: Pick<
    Loaded<{ readonly contents: readonly Item[] }>,
    'data' | 'error' | 'loading' | 'reload'
  >
  readonly columns: NonNullable<TableProps<Item>['columns']>
  readonly rowKey: keyof Item & string
  readonly empty: string
  readonly pagination?: TableProps<Item>['pagination']
  readonly expandable?: TableProps<Item>['expandable']
}

/** A table of what the API lists. */
export function List<Item extends object>({
  loaded,
  columns,
  rowKey,
  empty,
  pagination = false,
  expandable,
}: Props<Item>) {
  return (
    <>
      <Problem error={loaded.error} retry={loaded.reload} />
      <Table<Item>
        size="small"
        rowKey={rowKey}
        columns={columns}
        dataSource={loaded.data?.contents ?? []}
        loading={loaded.loading && loaded.data === undefined}
        pagination={pagination}
        {...(expandable && { expandable })}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={empty} image={Empty.PRESENTED_IMAGE_SIMPLE} /> }}
      />
    </>
  )
}
