import { Modal, Select } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import type { ObproxyCluster } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { ChangeDialog } from '../../components/ChangeDialog.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useText } from '../../settings/Settings.tsx'

interface Props {
  readonly obproxy: ObproxyCluster
  /** Called when it is over, whether or not anything was linked. */
  close(): void
}

const link = (id: number, clusterIds: readonly number[], dryRun: 'true' | 'false') =>
  bodyOf(
    api.POST('/api/v2/obproxy/clusters/{id}/obLinks/batchAdd', {
      params: { path: { id }, query: { dryRun } },
      body: clusterIds.map((clusterId) => ({ clusterId })),
    }),
  )

/** Which clusters, then what the call would do. */
export function LinkClusters({ obproxy, close }: Props) {
  const t = useText()
  const [chosen, setChosen] = useState<number[]>([])
  const [asked, setAsked] = useState(false)
  const clusters = useLoad(
    (signal) =>
      dataOf(api.GET('/api/v2/ob/clusters', { params: { query: { size: 2000 } }, signal })),
    [],
  )
  const linked = new Set(obproxy.obLinks.map(({ clusterId }) => clusterId))
  if (asked)
    return (
      <ChangeDialog
        harmless
        title={t('obproxy.link.title', { name: obproxy.name })}
        text={t('obproxy.link.text')}
        button={t('obproxy.link')}
        look={async () => (await link(obproxy.id, chosen, 'true')).data ?? {}}
        act={() => link(obproxy.id, chosen, 'false')}
        close={close}
      />
    )
  return (
    <Modal
      open
      title={t('obproxy.link.title', { name: obproxy.name })}
      okText={t('create.next')}
      okButtonProps={{ disabled: chosen.length === 0 }}
      cancelText={t('common.cancel')}
      onOk={() => setAsked(true)}
      onCancel={close}
    >
      <Problem error={clusters.error} retry={clusters.reload} />
      <Select<number[]>
        mode="multiple"
        className="full"
        aria-label={t('obproxy.links')}
        placeholder={t('obproxy.links')}
        optionFilterProp="label"
        value={chosen}
        onChange={setChosen}
        options={(clusters.data?.contents ?? [])
          .filter(({ id }) => !linked.has(id))
          .map(({ id, name, status }) => ({ value: id, label: `${name} · ${status}` }))}
      />
    </Modal>
  )
}
