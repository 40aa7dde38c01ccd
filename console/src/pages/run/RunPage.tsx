import { useParams } from 'react-router'
import { Problem } from '../../components/Problem.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { NotFound } from '../../frame/NotFound.tsx'
import { RunView } from './RunView.tsx'
import { useRun } from './useRun.ts'
import '../../styles/run.css'

export default function RunPage() {
  const { id = '' } = useParams()
  return /^\d{1,15}$/.test(id) ? <Followed key={id} id={Number(id)} /> : <NotFound />
}

function Followed({ id }: { readonly id: number }) {
  const { task, stream, error } = useRun(id)
  if (error) return <Problem error={error} />
  return task ? <RunView task={task} stream={stream} /> : <Waiting />
}
