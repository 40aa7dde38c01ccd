import { NavLink } from 'react-router'
import { useText } from '../../settings/Settings.tsx'

const tabs = [
  { path: '/hosts', text: 'hosts.title' },
  { path: '/hosts/logins', text: 'hosts.logins' },
  { path: '/hosts/places', text: 'hosts.places' },
] as const

/** Hosts, how they are logged in to, and where they stand. */
export function HostTabs() {
  const t = useText()
  return (
    <nav className="tabs" aria-label={t('nav.hosts')}>
      {tabs.map(({ path, text }) => (
        <NavLink key={path} to={path} end className="tab">
          {t(text)}
        </NavLink>
      ))}
    </nav>
  )
}
