import { Alert, Button } from 'antd'
import { ApiError } from '../api/error.ts'
import type { Translate } from '../i18n/text.ts'
import { useText } from '../settings/Settings.tsx'

/** What went wrong with a call, in the API's own words. */
export function wordsOf(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return String(error)
  const { status, code, message } = error.facts
  if (status === 0) return t('common.unreachable')
  if (message === undefined) return status === 403 ? t('common.forbidden') : `HTTP ${status}`
  return code === undefined ? message : `${code}: ${message}`
}

interface Props {
  readonly error: unknown
  readonly retry?: () => void
}

export function Problem({ error, retry }: Props) {
  const t = useText()
  if (error === undefined) return null
  const facts = error instanceof ApiError ? error.facts : undefined
  // A single problem is the message itself.
  const problems = facts?.problems && facts.problems.length > 1 ? facts.problems : []
  return (
    <Alert
      type="error"
      showIcon
      className="problem"
      message={wordsOf(error, t)}
      description={
        problems.length > 0 || facts?.traceId ? (
          <>
            {problems.map(({ field, message }) => (
              <div key={`${field} ${message}`}>
                {field && <code>{field}</code>} {message}
              </div>
            ))}
            {facts?.traceId && (
              <small className="muted">{t('common.trace', { id: facts.traceId })}</small>
            )}
          </>
        ) : undefined
      }
      action={retry && <Button onClick={retry}>{t('common.refresh')}</Button>}
    />
  )
}
