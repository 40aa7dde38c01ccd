import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { useText } from '../settings/Settings.tsx'

interface Props {
  readonly children: ReactNode
}

/** Shows that a page broke instead of nothing at all. */
export class Boundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? <Broken /> : this.props.children
  }
}

function Broken() {
  const t = useText()
  return (
    <div className="waiting" role="alert">
      <div>
        <p>{t('app.failed')}</p>
        <Button onClick={() => location.reload()}>{t('app.reload')}</Button>
      </div>
    </div>
  )
}
