import { Button } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import type { Credential } from '../../api/types.ts'
import { List } from '../../components/List.tsx'
import { AddButton, RefreshButton, RemoveButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'
import { ChangeLogin } from './ChangeLogin.tsx'
import { HostTabs } from './HostTabs.tsx'
import { NewLogin } from './NewLogin.tsx'

const path = '/api/v2/profiles/me/credentials'

/** Logins for hosts: one's own, and all of them for an ADMIN. */
export default function LoginsPage() {
  const { t, language } = useSettings()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<Credential>()
  const logins = usePaged((query, signal) => dataOf(api.GET(path, { params: { query }, signal })))
  const { reload } = logins
  return (
    <Page
      title={t('hosts.logins')}
      actions={
        <>
          <RefreshButton reload={reload} />
          {may('HOST:*:CREATE') && (
            <AddButton text={t('hosts.newLogin')} onClick={() => setAdding(true)} />
          )}
        </>
      }
    >
      <HostTabs />
      <List
        list={logins}
        rowKey="id"
        empty={t('hosts.noLogins')}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          { title: t('hosts.user'), render: (_, login) => login.sshCredentialProperty.username },
          {
            title: t('hosts.secretType'),
            render: (_, login) => t(`hosts.${login.sshCredentialProperty.type}`),
          },
          { title: t('hosts.owner'), responsive: ['md'], dataIndex: 'owner' },
          {
            title: t('hosts.shared'),
            responsive: ['lg'],
            render: (_, { sharedAddresses }) => sharedAddresses.join(', '),
          },
          {
            title: t('common.changed'),
            responsive: ['md'],
            render: (_, { updateTime }) => when(updateTime, language),
          },
          {
            title: t('common.actions'),
            render: (_, login) => (
              <span className="row">
                {may('HOST:*:UPDATE') && (
                  <Button
                    size="small"
                    aria-label={`${t('common.change')}: ${login.name}`}
                    onClick={() => setChanging(login)}
                  >
                    {t('common.change')}
                  </Button>
                )}
                {may('HOST:*:DELETE') && (
                  <RemoveButton
                    name={login.name}
                    title={t('hosts.removeLogin.title', { name: login.name })}
                    text={t('hosts.removeLogin.text')}
                    act={async () => {
                      const params = { path: { id: login.id } }
                      await bodyOf(api.DELETE(`${path}/{id}`, { params }))
                      reload()
                    }}
                  />
                )}
              </span>
            ),
          },
        ]}
      />
      {adding && <NewLogin made={reload} close={() => setAdding(false)} />}
      {changing && (
        <ChangeLogin login={changing} changed={reload} close={() => setChanging(undefined)} />
      )}
    </Page>
  )
}
