import { Link, useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import { List } from '../../components/List.tsx'
import { AddButton, RefreshButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'

export default function ClustersPage() {
  const { t, language } = useSettings()
  const may = useMay()
  const navigate = useNavigate()
  const clusters = usePaged((query, signal) =>
    dataOf(
      api.GET('/api/v2/ob/clusters', {
        params: { query: { ...query, sort: 'id,desc' } },
        signal,
      }),
    ),
  )
  return (
    <Page
      title={t('clusters.title')}
      actions={
        <>
          <RefreshButton reload={clusters.reload} />
          {may('CLUSTER:*:CREATE') && (
            <AddButton text={t('clusters.new')} onClick={() => void navigate('/clusters/new')} />
          )}
        </>
      }
    >
      <List
        list={clusters}
        rowKey="id"
        empty={t('clusters.empty')}
        columns={[
          {
            title: t('common.name'),
            render: (_, { id, name }) => <Link to={`/clusters/${id}`}>{name}</Link>,
          },
          {
            title: t('common.status'),
            render: (_, { status }) => <StatusTag status={status} />,
          },
          { title: t('common.type'), dataIndex: 'type' },
          { title: t('common.version'), dataIndex: 'obVersion' },
          { title: t('clusters.obClusterId'), dataIndex: 'obClusterId', responsive: ['md'] },
          { title: t('clusters.zones'), render: (_, { zones }) => zones.length },
          { title: t('clusters.servers'), dataIndex: 'serverCount' },
          {
            title: t('common.created'),
            responsive: ['md'],
            render: (_, { createTime }) => when(createTime, language),
          },
          { title: t('common.creator'), dataIndex: 'creator', responsive: ['lg'] },
        ]}
      />
    </Page>
  )
}
