import { type ReactNode, useEffect } from 'react'

interface Props {
  readonly title: string
  readonly before?: ReactNode
  readonly beside?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page: its title, what can be done with all of it, its content. */
export function Page({ title, before, beside, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · obflow`
  }, [title])
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          {before}
          <h1>{title}</h1>
          {beside}
        </div>
        <div className="page-actions">{actions}</div>
      </header>
      {children}
    </div>
  )
}
