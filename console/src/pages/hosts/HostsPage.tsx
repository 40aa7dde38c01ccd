import { PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { List } from '../../components/List.tsx'
import { Page } from '../../components/Page.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { usePage } from '../../components/usePage.ts'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { AddHosts } from './AddHosts.tsx'
import { HostActions } from './HostActions.tsx'

export default function HostsPage() {
  const t = useText()
  const may = useMay()
  const [keyword, setKeyword] = useState('')
  const [adding, setAdding] = useState(false)
  const { page, size, paginationOf } = usePage()
  const hosts = useLoad(
    (signal) =>
      dataOf(
        api.GET('/api/v2/compute/hosts', {
          params: { query: { page, size, ...(keyword !== '' && { keyword }) } },
          signal,
        }),
      ),
    [page, keyword],
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
          <Button
            icon={<ReloadOutlined />}
            aria-label={t('common.refresh')}
            onClick={hosts.reload}
          />
          {may('HOST:*:CREATE') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t('hosts.add')}
            </Button>
          )}
        </>
      }
    >
      <List
        loaded={hosts}
        rowKey="id"
        empty={t('hosts.empty')}
        pagination={paginationOf(hosts.data?.page.totalElements)}
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
