import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { ObproxyCluster } from '../../api/types.ts'
import { ChangeDialog } from '../../components/ChangeDialog.tsx'
import { Copyable } from '../../components/Copyable.tsx'
import { List } from '../../components/List.tsx'
import { AddButton, RefreshButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { Links } from './Links.tsx'
import { NewObproxy } from './NewObproxy.tsx'
import { Proxies } from './Proxies.tsx'

const remove = (id: number, dryRun: 'true' | 'false') =>
  dataOf(
    api.DELETE('/api/v2/obproxy/clusters/{id}', { params: { path: { id }, query: { dryRun } } }),
  )

export default function ObproxyPage() {
  const t = useText()
  const may = useMay()
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<ObproxyCluster>()
  const clusters = usePaged((query, signal) =>
    dataOf(api.GET('/api/v2/obproxy/clusters', { params: { query }, signal })),
  )
  return (
    <Page
      title={t('obproxy.title')}
      actions={
        <>
          <RefreshButton reload={clusters.reload} />
          {may('OBPROXY:*:CREATE') && (
            <AddButton text={t('obproxy.new')} onClick={() => setAdding(true)} />
          )}
        </>
      }
    >
      <List
        list={clusters}
        rowKey="id"
        empty={t('obproxy.empty')}
        expandable={{
          expandedRowRender: (obproxy) => (
            <div className="halves">
              <Links obproxy={obproxy} changed={clusters.reload} />
              <Proxies obproxy={obproxy} />
            </div>
          ),
        }}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          {
            title: t('common.status'),
            render: (_, { status }) => <StatusTag status={status} />,
          },
          {
            title: t('obproxy.address'),
            render: (_, { address, port }) => <Copyable text={`${address}:${port}`} />,
          },
          { title: t('obproxy.workMode'), dataIndex: 'workMode', responsive: ['md'] },
          { title: t('obproxy.proxies'), render: (_, { obproxies }) => obproxies.length },
          {
            title: t('obproxy.links'),
            render: (_, { obLinks }) => (
              <span className="row">
                {obLinks.map(({ clusterId, clusterName }) => (
                  <Link key={clusterId} to={`/clusters/${clusterId}`}>
                    {clusterName}
                  </Link>
                ))}
              </span>
            ),
          },
          {
            title: t('common.actions'),
            render: (_, cluster) =>
              may('OBPROXY:*:DELETE') && (
                <Button
                  size="small"
                  danger
                  aria-label={`${t('common.delete')}: ${cluster.name}`}
                  onClick={() => setRemoving(cluster)}
                >
                  {t('common.delete')}
                </Button>
              ),
          },
        ]}
      />
      {adding && <NewObproxy close={() => setAdding(false)} />}
      {removing && (
        <ChangeDialog
          title={t('obproxy.delete.title', { name: removing.name })}
          text={t('obproxy.delete.text')}
          button={t('common.delete')}
          look={() => remove(removing.id, 'true')}
          act={async () => {
            const { id } = await remove(removing.id, 'false')
            if (id !== null) void navigate(`/tasks/${id}`)
          }}
          close={() => setRemoving(undefined)}
        />
      )}
    </Page>
  )
}
