import type { Sign } from '../model/signs.ts'
import { useText } from '../settings/Settings.tsx'

interface Props {
  readonly sign: Sign
  /** Without its word: the sign alone, named for screen readers. */
  readonly bare?: boolean
}

export function StateSign({ sign, bare = false }: Props) {
  const t = useText()
  const text = t(sign.text)
  return (
    <span className={`sign tone-${sign.tone}`}>
      <span className="sign-mark" aria-hidden>
        {sign.mark}
      </span>
      <span className={bare ? 'unseen' : undefined}>{text}</span>
    </span>
  )
}
