import { useParams } from 'react-router'
import { Page } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { NotFound } from '../../frame/NotFound.tsx'
import { useText } from '../../settings/Settings.tsx'
import { RunView } from './RunView.tsx'
import { useRun } from './useRun.ts'
import '../../styles/run.css'

export default function RunPage() {
  const { id = '' } = useParams()
  return /^\d{1,15}$/.test(id) ? <Followed key={id} id={Number(id)} /> : <NotFound />
}

function Followed({ id }: { readonly id: number }) {
  const t = useText()
  const { task, stream, error } = useRun(id)
  if (error)
    return (
      <Page title={t('run.title', { id })}>
        <Problem error={error} />
      </Page>
    )
  return task ? <RunView task={task} stream={stream} /> : <Waiting />
}
