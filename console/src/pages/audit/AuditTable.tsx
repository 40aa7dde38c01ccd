import { Link } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { AuditedCall } from '../../api/types.ts'
import { List } from '../../components/List.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { when } from '../../model/times.ts'
import { useSettings } from '../../settings/Settings.tsx'
import { Changed, hasChange } from './Changed.tsx'

interface Props {
  /** Calls on this task alone. */
  readonly taskId?: number
  readonly username?: string
}

/** Who called what: of one task for whoever may see it, of all for an ADMIN. */
export function AuditTable({ taskId, username }: Props) {
  const { t, language } = useSettings()
  const calls = usePaged(
    (query, signal) =>
      dataOf(
        taskId === undefined
          ? api.GET('/api/v2/audit', {
              params: { query: { ...query, ...(username !== undefined && { username }) } },
              signal,
            })
          : api.GET('/api/v2/tasks/instances/{id}/audit', {
              params: { path: { id: taskId }, query },
              signal,
            }),
      ),
    [taskId, username],
  )
  const task = {
    title: t('audit.task'),
    className: 'number',
    render: (_: unknown, { taskId: id }: AuditedCall) =>
      id !== undefined && <Link to={`/tasks/${id}`}>{id}</Link>,
  }
  return (
    <List
      list={calls}
      rowKey="id"
      empty={t(username === undefined ? 'audit.empty' : 'audit.noMatch')}
      expandable={{
        rowExpandable: hasChange,
        expandedRowRender: (call) => <Changed call={call} />,
      }}
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
        ...(taskId === undefined ? [task] : []),
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
