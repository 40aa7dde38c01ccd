import { ReloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { Cluster } from '../../api/types.ts'
import { ChangeDialog } from '../../components/ChangeDialog.tsx'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'

type DryRun = 'true' | 'false'

const remove = (id: number, dryRun: DryRun) =>
  dataOf(api.DELETE('/api/v2/ob/clusters/{id}', { params: { path: { id }, query: { dryRun } } }))
const restart = (id: number, dryRun: DryRun) =>
  dataOf(
    api.POST('/api/v2/ob/clusters/{id}/restart', { params: { path: { id }, query: { dryRun } } }),
  )

/** Restart and delete, each with its dry run before it. */
export function ClusterActions({ cluster, reload }: { readonly cluster: Cluster; reload(): void }) {
  const t = useText()
  const may = useMay()
  const navigate = useNavigate()
  const [asked, setAsked] = useState<'restart' | 'delete'>()
  const { id, name } = cluster
  const watch = ({ id: task }: { readonly id: number | null }) => {
    if (task !== null) void navigate(`/tasks/${task}`)
  }
  return (
    <>
      <Button icon={<ReloadOutlined />} aria-label={t('common.refresh')} onClick={reload} />
      {may('CLUSTER:*:UPDATE') && (
        <Button onClick={() => setAsked('restart')}>{t('cluster.restart')}</Button>
      )}
      {may('CLUSTER:*:DELETE') && (
        <Button danger onClick={() => setAsked('delete')}>
          {t('common.delete')}
        </Button>
      )}
      {asked === 'restart' && (
        <ChangeDialog
          title={t('cluster.restart.title', { name })}
          text=""
          button={t('cluster.restart')}
          look={() => restart(id, 'true')}
          act={async () => watch(await restart(id, 'false'))}
          close={() => setAsked(undefined)}
        />
      )}
      {asked === 'delete' && (
        <ChangeDialog
          title={t('cluster.delete.title', { name })}
          text={t('cluster.delete.text')}
          button={t('common.delete')}
          typed={{ name, label: t('cluster.delete.type') }}
          look={() => remove(id, 'true')}
          act={async () => watch(await remove(id, 'false'))}
          close={() => setAsked(undefined)}
        />
      )}
    </>
  )
}
