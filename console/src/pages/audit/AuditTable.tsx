import { api, dataOf } from '../../api/client.ts'
import { List } from '../../components/List.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'

/** Who called what: of one task for whoever may see it, of all for an ADMIN. */
export function AuditTable({ taskId }: { readonly taskId?: number }) {
  const { t, language } = useSettings()
  const calls = usePaged(
    (query, signal) =>
      dataOf(
        taskId === undefined
          ? api.GET('/api/v2/audit', { params: { query }, signal })
          : api.GET('/api/v2/tasks/instances/{id}/audit', {
              params: { path: { id: taskId }, query },
              signal,
            }),
      ),
    [taskId],
  )
  return (
    <List
      list={calls}
      rowKey="id"
      empty={t('audit.empty')}
      columns={[
        {
          title: t('audit.time'),
          className: 'number',
          render: (_, { time }) => when(time, language),
        },
        { title: t('audit.user'), dataIndex: 'username' },
        { title: t('audit.action'), dataIndex: 'call' },
        {
          title: t('audit.target'),
          render: (_, { method, path }) => <code>{`${method} ${path}`}</code>,
        },
        {
          title: t('audit.result'),
          render: (_, { status }) => (
            <span className={status < 400 ? 'tone-good' : 'tone-bad'}>
              <span aria-hidden>{status < 400 ? '✔' : '✖'}</span> {status}
            </span>
          ),
        },
        { title: t('audit.from'), dataIndex: 'address', responsive: ['md'] },
      ]}
    />
  )
}
