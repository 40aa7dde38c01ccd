import { Select } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import type { User } from '../../api/types.ts'
import { List } from '../../components/List.tsx'
import { AddButton, RemoveButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { useCall } from '../../components/useCall.ts'
import { usePaged } from '../../components/usePaged.ts'
import { when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'
import { NewUser } from './NewUser.tsx'
import { Roles } from './Roles.tsx'
import { type RoleName, roleNames } from './roles.ts'

export default function UsersPage() {
  const { t, language } = useSettings()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const users = usePaged((query, signal) =>
    dataOf(api.GET('/api/v2/iam/users', { params: { query }, signal })),
  )
  return (
    <Page
      title={t('users.title')}
      actions={
        may('USER:*:CREATE') && <AddButton text={t('users.add')} onClick={() => setAdding(true)} />
      }
    >
      <div className="stack">
        <List
          list={users}
          rowKey="id"
          empty={t('common.none')}
          columns={[
            { title: t('common.name'), dataIndex: 'username' },
            {
              title: t('users.roles'),
              render: (_, user) => <UserRoles user={user} changed={users.reload} />,
            },
            {
              title: t('common.created'),
              responsive: ['md'],
              render: (_, { createTime }) => when(createTime, language),
            },
            {
              title: t('common.actions'),
              render: (_, { id, username }) =>
                may('USER:*:DELETE') && (
                  <RemoveButton
                    name={username}
                    title={t('users.remove.title', { name: username })}
                    text={t('users.remove.text')}
                    act={async () => {
                      const params = { path: { id } }
                      await bodyOf(api.DELETE('/api/v2/iam/users/{id}', { params }))
                      users.reload()
                    }}
                  />
                ),
            },
          ]}
        />
        {may('ROLE:*:READ') && <Roles />}
      </div>
      {adding && (
        <NewUser
          close={() => {
            setAdding(false)
            users.reload()
          }}
        />
      )}
    </Page>
  )
}

function UserRoles({ user, changed }: { readonly user: User; changed(): void }) {
  const { t } = useSettings()
  const may = useMay()
  const { busy, call } = useCall()
  const has = roleNames.filter((name) => user.roles.includes(name))
  /** Chosen in the open list and not yet sent: several at once are one call. */
  const [chosen, setChosen] = useState<RoleName[]>()
  const open = chosen !== undefined
  if (!may('USER:*:UPDATE')) return user.roles.join(', ')
  const set = async (roles: RoleName[]) => {
    const params = { path: { id: user.id } }
    await call(() => dataOf(api.PUT('/api/v2/iam/users/{id}/roles', { params, body: { roles } })))
    setChosen(undefined)
    changed()
  }
  const toggle = (opened: boolean) => {
    if (open && !opened && chosen.join() !== has.join()) void set(chosen)
    else setChosen(opened ? has : undefined)
  }
  return (
    <Select<RoleName[]>
      mode="multiple"
      className="wide-select"
      aria-label={`${t('users.changeRoles')}: ${user.username}`}
      loading={busy}
      disabled={busy}
      value={chosen ?? has}
      options={roleNames.map((value) => ({ value, label: value }))}
      onOpenChange={toggle}
      onChange={(roles) => (open ? setChosen(roles) : void set(roles))}
    />
  )
}
