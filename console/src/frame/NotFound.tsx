import { Link } from 'react-router'
import { useText } from '../settings/Settings.tsx'

export function NotFound() {
  const t = useText()
  return (
    <div className="waiting">
      <div>
        <h1>{t('app.notFound')}</h1>
        <Link to="/tasks">{t('nav.tasks')}</Link>
      </div>
    </div>
  )
}
