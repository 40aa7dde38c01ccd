import {
  BookOutlined,
  GlobalOutlined,
  LogoutOutlined,
  MoonOutlined,
  SunOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, Layout, Menu, Tooltip } from 'antd'
import { Link, useLocation, useNavigate } from 'react-router'
import { useAccess, useMay, useSession } from '../session/Session.tsx'
import { useSettings } from '../settings/Settings.tsx'
import { LanguageButton, ThemeButton } from './Choices.tsx'
import { places } from './navigation.ts'

export function Header() {
  const { t } = useSettings()
  const { pathname } = useLocation()
  const may = useMay()
  const here = places.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
  return (
    <Layout.Header className="header">
      <Link to="/" className="brand" aria-label={t('app.name')}>
        <img src="/favicon.svg" alt="" width={22} height={22} />
        <span>{t('app.name')}</span>
      </Link>
      <nav aria-label={t('nav.main')} className="nav">
        <Menu
          mode="horizontal"
          selectedKeys={here ? [here.path] : []}
          items={places
            .filter(({ permission }) => may(permission))
            .map(({ path, text }) => ({ key: path, label: <Link to={path}>{t(text)}</Link> }))}
        />
      </nav>
      <div className="header-right">
        <Tooltip title={t('nav.docs')}>
          <Button
            type="text"
            href="/api/v2/docs"
            target="_blank"
            icon={<BookOutlined />}
            aria-label={t('nav.docs')}
          />
        </Tooltip>
        <LanguageButton icon={<GlobalOutlined />} />
        <ThemeButton light={<SunOutlined />} dark={<MoonOutlined />} />
        <Who />
      </div>
    </Layout.Header>
  )
}

function Who() {
  const { t } = useSettings()
  const { logOut } = useAccess()
  const { user } = useSession()
  const navigate = useNavigate()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'profile', icon: <UserOutlined />, label: t('nav.profile') },
          { key: 'logout', icon: <LogoutOutlined />, label: t('nav.logout') },
        ],
        onClick: ({ key }) => {
          if (key === 'logout') void logOut()
          else void navigate('/profile')
        },
      }}
    >
      <Button type="text" icon={<UserOutlined />} aria-label={user.username}>
        <span className="who">{user.username}</span>
      </Button>
    </Dropdown>
  )
}
