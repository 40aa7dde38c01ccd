import type { ReactNode } from 'react'
import type { Loaded } from '../../api/useLoad.ts'
import { List } from '../../components/List.tsx'
import { RemoveButton } from '../../components/ListButtons.tsx'
import { when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'

interface Named {
  readonly id: number
  readonly name: string
  readonly createTime: string
}

interface Props<Row extends Named> {
  readonly title: string
  readonly rows: readonly Row[] | undefined
  readonly places: Loaded<unknown>
  /** What each lies in. */
  readonly under?: (row: Row) => string
  /** How one is added. */
  readonly children: ReactNode
  remove(id: number): Promise<unknown>
  reload(): void
}

/** Things that have a name, and may go while nothing refers to them. */
export function NamedList<Row extends Named>(props: Props<Row>) {
  const { title, rows, places, under, children, remove, reload } = props
  const { t, language } = useSettings()
  const may = useMay()
  return (
    <section className="panel panel-body stack" aria-label={title}>
      <h2>{title}</h2>
      <List
        list={{ ...places, data: rows && { contents: rows } }}
        rowKey="id"
        empty={t('common.none')}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          ...(under
            ? [{ title: t('hosts.region'), render: (_: unknown, row: Row) => under(row) }]
            : []),
          {
            title: t('common.created'),
            responsive: ['md'],
            render: (_, { createTime }) => when(createTime, language),
          },
          {
            title: t('common.actions'),
            render: (_, { id, name }) =>
              may('HOST:*:DELETE') && (
                <RemoveButton
                  name={name}
                  title={t('hosts.removePlace.title', { name })}
                  text={t('hosts.removePlace.text')}
                  act={async () => {
                    await remove(id)
                    reload()
                  }}
                />
              ),
          },
        ]}
      />
      {may('HOST:*:CREATE') && children}
    </section>
  )
}
