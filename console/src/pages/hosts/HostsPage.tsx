import { Input } from 'antd'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { List } from '../../components/List.tsx'
import { AddButton, RefreshButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { AddHosts } from './AddHosts.tsx'
import { HostActions } from './HostActions.tsx'
import { HostMore } from './HostMore.tsx'
import { HostTabs } from './HostTabs.tsx'

export default function HostsPage() {
  const t = useText()
  const may = useMay()
  const [keyword, setKeyword] = useState('')
  const [adding, setAdding] = useState(false)
  const hosts = usePaged(
    (query, signal) =>
      dataOf(
        api.GET('/api/v2/compute/hosts', {
          params: { query: { ...query, ...(keyword !== '' && { keyword }) } },
          signal,
        }),
      ),
    [keyword],
  )
  return (
    <Page
      title={t('hosts.title')}
      actions={
        <>
          <Input.Search
            allowClear
            className="filter"
            placeholder={t('common.search')}
            aria-label={t('common.search')}
            onSearch={setKeyword}
          />
          <RefreshButton reload={hosts.reload} />
          {may('HOST:*:CREATE') && (
            <AddButton text={t('hosts.add')} onClick={() => setAdding(true)} />
          )}
        </>
      }
    >
      <HostTabs />
      <List
        list={hosts}
        rowKey="id"
        empty={t('hosts.empty')}
        expandable={{
          rowExpandable: () => may('TASK:*:READ') || may('HOST:*:UPDATE'),
          expandedRowRender: (host) => <HostMore host={host} />,
        }}
        columns={[
          {
            title: t('hosts.address'),
            render: (_, { innerIpAddress, sshPort, name }) => (
              <>
                <span className="number">
                  {innerIpAddress}
                  {sshPort !== 22 && `:${sshPort}`}
                </span>{' '}
                <span className="muted">{name}</span>
              </>
            ),
          },
          {
            title: t('common.status'),
            render: (_, { status }) => <StatusTag status={status} />,
          },
          {
            title: t('hosts.place'),
            render: (_, { regionName, idcName }) => `${regionName} / ${idcName}`,
          },
          {
            title: t('hosts.system'),
            responsive: ['lg'],
            render: (_, { operatingSystem, operatingSystemRelease, architecture }) =>
              [operatingSystem, operatingSystemRelease, architecture].filter(Boolean).join(' '),
          },
          {
            title: t('hosts.agent'),
            responsive: ['md'],
            render: (_, { hostAgentStatus, hostAgentVersion }) => (
              <>
                <StatusTag status={hostAgentStatus} />{' '}
                <span className="muted">{hostAgentVersion}</span>
              </>
            ),
          },
          {
            title: t('hosts.services'),
            responsive: ['md'],
            render: (_, { services }) => services.map(({ name }) => name).join(', '),
          },
          {
            title: t('common.actions'),
            render: (_, host) => <HostActions host={host} changed={hosts.reload} />,
          },
        ]}
      />
      {adding && (
        <AddHosts
          close={() => {
            setAdding(false)
            hosts.reload()
          }}
        />
      )}
    </Page>
  )
}
