import { api, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { List } from '../../components/List.tsx'
import { useText } from '../../settings/Settings.tsx'

export function Roles() {
  const t = useText()
  const roles = useLoad((signal) => dataOf(api.GET('/api/v2/iam/roles', { signal })), [])
  return (
    <section className="stack" aria-label={t('users.rolesTitle')}>
      <h2>{t('users.rolesTitle')}</h2>
      <List
        list={roles}
        rowKey="name"
        empty={t('common.none')}
        columns={[
          { title: t('users.roles'), dataIndex: 'name', width: 200 },
          {
            title: t('users.permissions'),
            render: (_, { permissions }) => <code>{permissions.join('  ')}</code>,
          },
        ]}
      />
    </section>
  )
}
