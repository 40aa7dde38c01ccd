import { Layout } from 'antd'
import { lazy, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { Boundary } from '../components/Boundary.tsx'
import { Waiting } from '../components/Waiting.tsx'
import { TasksPage } from '../pages/tasks/TasksPage.tsx'
import { useText } from '../settings/Settings.tsx'
import { Header } from './Header.tsx'
import { NotFound } from './NotFound.tsx'

// Each page is loaded when it is gone to; the list of tasks comes with the frame.
const RunPage = lazy(() => import('../pages/run/RunPage.tsx'))
const ClustersPage = lazy(() => import('../pages/clusters/ClustersPage.tsx'))
const ClusterPage = lazy(() => import('../pages/clusters/ClusterPage.tsx'))
const CreatePage = lazy(() => import('../pages/create/CreatePage.tsx'))
const HostsPage = lazy(() => import('../pages/hosts/HostsPage.tsx'))
const LoginsPage = lazy(() => import('../pages/hosts/LoginsPage.tsx'))
const PlacesPage = lazy(() => import('../pages/hosts/PlacesPage.tsx'))
const PackagesPage = lazy(() => import('../pages/packages/PackagesPage.tsx'))
const ObproxyPage = lazy(() => import('../pages/obproxy/ObproxyPage.tsx'))
const UsersPage = lazy(() => import('../pages/users/UsersPage.tsx'))
const ProfilePage = lazy(() => import('../pages/profile/ProfilePage.tsx'))
const AuditPage = lazy(() => import('../pages/audit/AuditPage.tsx'))

/** What stands around every page of somebody who is logged in. */
export function Frame() {
  const t = useText()
  const { pathname } = useLocation()
  return (
    <Layout className="frame">
      <a className="skip-link" href="#content">
        {t('app.skip')}
      </a>
      <Header />
      <Layout.Content id="content" className="content" tabIndex={-1} role="main">
        <Boundary key={pathname}>
          <Suspense fallback={<Waiting />}>
            <Routes>
              <Route path="/" element={<Navigate to="/tasks" replace />} />
              <Route path="/tasks" element={<TasksPage />} />
              <Route path="/tasks/:id" element={<RunPage />} />
              <Route path="/clusters" element={<ClustersPage />} />
              <Route path="/clusters/new" element={<CreatePage />} />
              <Route path="/clusters/:id" element={<ClusterPage />} />
              <Route path="/hosts" element={<HostsPage />} />
              <Route path="/hosts/logins" element={<LoginsPage />} />
              <Route path="/hosts/places" element={<PlacesPage />} />
              <Route path="/packages" element={<PackagesPage />} />
              <Route path="/obproxy" element={<ObproxyPage />} />
              <Route path="/users" element={<UsersPage />} />
              <Route path="/profile" element={<ProfilePage />} />
              <Route path="/audit" element={<AuditPage />} />
              <Route path="*" element={<NotFound />} />
            </Routes>
          </Suspense>
        </Boundary>
      </Layout.Content>
    </Layout>
  )
}
