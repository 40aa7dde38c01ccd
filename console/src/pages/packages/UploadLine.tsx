import { Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { wordsOf } from '../../components/Problem.tsx'
import { bytes } from '../../model/times.ts'
import { useText } from '../../settings/Settings.tsx'
import { upload } from './upload.ts'

type State =
  | { readonly kind: 'sending'; readonly sent: number }
  | { readonly kind: 'done'; readonly warnings: readonly string[] }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'failed'; readonly error: unknown }

interface Props {
  readonly file: File
  uploaded(): void
}

/** One upload under way. It goes on until it ends, is canceled, or the page is left. */
export function UploadLine({ file, uploaded }: Props) {
  const t = useText()
  const [state, setState] = useState<State>({ kind: 'sending', sent: 0 })
  const controller = useRef<AbortController>(undefined)
  const told = useRef(uploaded)
  told.current = uploaded
  useEffect(() => {
    const own = new AbortController()
    controller.current = own
    upload({
      file,
      signal: own.signal,
      onProgress: (sent) => setState({ kind: 'sending', sent }),
    }).then(
      ({ warnings = [] }) => {
        setState({ kind: 'done', warnings: warnings.map(({ message }) => message) })
        told.current()
      },
      (error: unknown) => {
        const canceled = error instanceof DOMException
        setState(canceled ? { kind: 'canceled' } : { kind: 'failed', error })
      },
    )
    return () => own.abort()
  }, [file])
  const sending = state.kind === 'sending'
  const percent = sending ? Math.floor((state.sent * 100) / Math.max(1, file.size)) : 100
  return (
    <li className="upload" aria-label={file.name}>
      <span className="upload-name">{file.name}</span>
      {sending && (
        <>
          <Progress percent={percent} showInfo={false} aria-label={file.name} />
          <span className="muted number">
            {percent === 100
              ? t('packages.checking')
              : t('packages.uploading', { percent, size: bytes(file.size) })}
          </span>
          <Button size="small" onClick={() => controller.current?.abort()}>
            {t('common.cancel')}
          </Button>
        </>
      )}
      {state.kind === 'done' && <span className="tone-good">✔ {t('packages.uploaded')}</span>}
      {state.kind === 'done' &&
        state.warnings.map((warning) => (
          <span key={warning} className="tone-warn">
            {warning}
          </span>
        ))}
      {state.kind === 'canceled' && <span className="muted">{t('packages.canceled')}</span>}
      {state.kind === 'failed' && (
        <span className="tone-bad" role="alert">
          ✖ {wordsOf(state.error, t)}
        </span>
      )}
    </li>
  )
}
