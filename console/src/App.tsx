import { BrowserRouter } from 'react-router'
import { Boundary } from './components/Boundary.tsx'
import { Waiting } from './components/Waiting.tsx'
import { Frame } from './frame/Frame.tsx'
import { LoginPage } from './pages/login/LoginPage.tsx'
import { SessionProvider, useAccess } from './session/Session.tsx'
import { SettingsProvider } from './settings/Settings.tsx'

export function App() {
  return (
    <SettingsProvider>
      <Boundary>
        <SessionProvider>
          <BrowserRouter>
            <Door />
          </BrowserRouter>
        </SessionProvider>
      </Boundary>
    </SettingsProvider>
  )
}

/** The address stays as it is while somebody logs in. */
function Door() {
  const { state } = useAccess()
  if (state.kind === 'unknown') return <Waiting />
  return state.kind === 'in' ? <Frame /> : <LoginPage />
}
