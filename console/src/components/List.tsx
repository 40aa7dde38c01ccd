import { Empty, Table, type TableProps } from 'antd'
import type { Loaded } from '../api/useLoad.ts'
import { Problem } from './Problem.tsx'
import type { Paged } from './usePaged.ts'

interface Props<Item> {
  readonly list: Loaded<{ readonly contents: readonly Item[] }> &
    Partial<Pick<Paged<Item>, 'pagination'>>
  readonly columns: NonNullable<TableProps<Item>['columns']>
  readonly rowKey: keyof Item & string
  readonly empty: string
  readonly expandable?: TableProps<Item>['expandable']
}

/** A table of what the API lists. */
export function List<Item extends object>({
  list,
  columns,
  rowKey,
  empty,
  expandable,
}: Props<Item>) {
  // What could not be loaded is not empty.
  if (list.error !== undefined && list.data === undefined)
    return <Problem error={list.error} retry={list.reload} />
  return (
    <>
      <Problem error={list.error} retry={list.reload} />
      <Table<Item>
        size="small"
        rowKey={rowKey}
        columns={columns}
        dataSource={list.data?.contents ?? []}
        loading={list.loading && list.data === undefined}
        pagination={list.pagination ?? false}
        {...(expandable && { expandable })}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={empty} image={Empty.PRESENTED_IMAGE_SIMPLE} /> }}
      />
    </>
  )
}
