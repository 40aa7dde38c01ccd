import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { Host, PlannedTask } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { Problem } from '../../components/Problem.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { useText } from '../../settings/Settings.tsx'
import { type Draft, type Request, requestOf } from './draft.ts'
import { HostFindings } from './HostFindings.tsx'

interface Props {
  readonly draft: Draft
  readonly hosts: ReadonlyMap<number, Host>
}

const post = (body: Request, dryRun: 'true' | 'false', signal?: AbortSignal) =>
  dataOf(
    api.POST('/api/v2/ob/clusters', {
      params: { query: { dryRun } },
      body,
      ...(signal && { signal }),
    }),
  )

/** The live dry run, host by host; then the create itself. */
export function CheckStep({ draft, hosts }: Props) {
  const t = useText()
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const check = useLoad((signal) => post(requestOf(draft), 'true', signal), [])
  const plan = check.data && 'preCheck' in check.data ? check.data : undefined
  const create = async () => {
    setBusy(true)
    try {
      const { id } = await post(requestOf(draft), 'false')
      if (id !== null) void navigate(`/tasks/${id}`)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const count = draft.zones.reduce((sum, { servers }) => sum + servers.length, 0)
  return (
    <div className="stack">
      <Problem error={error ?? check.error} />
      {check.loading ? (
        <div>
          <p role="status">{t('create.checking')}</p>
          <Waiting />
        </div>
      ) : (
        plan && (
          <>
            <Verdict plan={plan} />
            <p className="muted">
              {t('create.subtasks', { count: plan.tasks.length, hosts: count })}
            </p>
            <HostFindings plan={plan} draft={draft} hosts={hosts} />
          </>
        )
      )}
      <div className="row">
        <Button disabled={check.loading} onClick={check.reload}>
          {t('create.checkAgain')}
        </Button>
        <Button
          type="primary"
          loading={busy}
          disabled={check.loading || !plan || blockers(plan) > 0}
          onClick={() => void create()}
        >
          {t('create.submit')}
        </Button>
      </div>
    </div>
  )
}

const blockers = ({ admission, preCheck }: PlannedTask): number =>
  admission.length + preCheck.filter(({ level }) => level === 'FATAL').length

function Verdict({ plan }: { readonly plan: PlannedTask }) {
  const t = useText()
  const bad = blockers(plan)
  const warnings = plan.preCheck.filter(({ level }) => level === 'WARN').length
  if (bad > 0) return <Alert type="error" showIcon message={t('create.blocked', { count: bad })} />
  return warnings > 0 ? (
    <Alert type="warning" showIcon message={t('create.warned', { count: warnings })} />
  ) : (
    <Alert type="success" showIcon message={t('create.checked')} />
  )
}
