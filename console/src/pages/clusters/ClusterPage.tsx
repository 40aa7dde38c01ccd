import { useParams } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { Cluster } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { Page } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { StatusTag } from '../../components/StatusTag.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { TaskTable } from '../tasks/TaskTable.tsx'
import { useTasks } from '../tasks/useTasks.ts'
import { ClusterActions } from './ClusterActions.tsx'
import { ClusterFacts } from './ClusterFacts.tsx'
import { Connect } from './Connect.tsx'
import { Parameters } from './Parameters.tsx'
import { Topology } from './Topology.tsx'
import '../../styles/clusters.css'

export default function ClusterPage() {
  const { id = '' } = useParams()
  const cluster = useLoad(
    (signal) =>
      dataOf(api.GET('/api/v2/ob/clusters/{id}', { params: { path: { id: Number(id) } }, signal })),
    [id],
  )
  const t = useText()
  if (cluster.error !== undefined)
    return (
      <Page title={t('clusters.title')}>
        <Problem error={cluster.error} retry={cluster.reload} />
      </Page>
    )
  return cluster.data ? <Shown cluster={cluster.data} reload={cluster.reload} /> : <Waiting />
}

function Shown({ cluster, reload }: { readonly cluster: Cluster; reload(): void }) {
  const t = useText()
  const may = useMay()
  return (
    <Page
      title={cluster.name}
      beside={<StatusTag status={cluster.status} />}
      actions={<ClusterActions cluster={cluster} reload={reload} />}
    >
      <div className="stack">
        <ClusterFacts cluster={cluster} />
        <section className="panel panel-body stack" aria-label={t('cluster.topology')}>
          <h2>{t('cluster.topology')}</h2>
          <Topology cluster={cluster} />
        </section>
        <Connect cluster={cluster} />
        {may('TASK:*:READ') && <OfTasks cluster={cluster} />}
      </div>
    </Page>
  )
}

/** What its tasks tell: how it was started, and what was done to it. */
function OfTasks({ cluster }: { readonly cluster: Cluster }) {
  const t = useText()
  const tasks = useTasks({ clusterId: cluster.id })
  const first = tasks.data?.contents.at(-1)
  return (
    <>
      {first && <Parameters taskId={first.id} />}
      <section className="panel panel-body stack" aria-label={t('cluster.tasks')}>
        <h2>{t('cluster.tasks')}</h2>
        <TaskTable tasks={tasks} empty={t('tasks.empty')} />
      </section>
    </>
  )
}
