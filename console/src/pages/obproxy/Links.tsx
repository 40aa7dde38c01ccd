import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, bodyOf } from '../../api/client.ts'
import type { ObproxyCluster } from '../../api/types.ts'
import { ChangeDialog } from '../../components/ChangeDialog.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { LinkClusters } from './LinkClusters.tsx'

interface Props {
  readonly obproxy: ObproxyCluster
  changed(): void
}

const unlink = (id: number, obClusterName: string, dryRun: 'true' | 'false') =>
  bodyOf(
    api.DELETE('/api/v2/obproxy/clusters/{id}/obLinks/{obClusterName}', {
      params: { path: { id, obClusterName }, query: { dryRun } },
    }),
  )

/** The clusters that an OBProxy cluster serves. */
export function Links({ obproxy, changed }: Props) {
  const t = useText()
  const may = useMay()('OBPROXY:*:UPDATE')
  const [linking, setLinking] = useState(false)
  const [removing, setRemoving] = useState<string>()
  const { id, name, obLinks, workMode } = obproxy
  const end = () => {
    setLinking(false)
    setRemoving(undefined)
    changed()
  }
  return (
    <section aria-label={`${t('obproxy.links')}: ${name}`}>
      <div className="row">
        <h2>{t('obproxy.links')}</h2>
        {/* With a list of root servers proxies are told of one cluster. */}
        {may && !(workMode === 'RS_LIST' && obLinks.length > 0) && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setLinking(true)}>
            {t('obproxy.link')}
          </Button>
        )}
      </div>
      <ul className="plain">
        {obLinks.map(({ clusterId, clusterName, status }) => (
          <li key={clusterId} className="row">
            <Link to={`/clusters/${clusterId}`}>{clusterName}</Link>
            <StatusTag status={status} />
            {may && (
              <Button
                size="small"
                danger
                aria-label={`${t('obproxy.unlink')}: ${clusterName}`}
                onClick={() => setRemoving(clusterName)}
              >
                {t('obproxy.unlink')}
              </Button>
            )}
          </li>
        ))}
        {obLinks.length === 0 && <li className="muted">{t('common.none')}</li>}
      </ul>
      {linking && <LinkClusters obproxy={obproxy} close={end} />}
      {removing !== undefined && (
        <ChangeDialog
          title={t('obproxy.unlink.title', { cluster: removing, name })}
          text={t('obproxy.unlink.text')}
          button={t('obproxy.unlink')}
          look={async () => (await unlink(id, removing, 'true')).data ?? {}}
          act={() => unlink(id, removing, 'false')}
          close={end}
        />
      )}
    </section>
  )
}
