import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { api, bodyOf, dataOf, sessionEnd } from '../api/client.ts'
import { ApiError } from '../api/error.ts'
import type { Permission, Session } from '../api/types.ts'

type State =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'out'; readonly ended: boolean; readonly error?: unknown }
  | { readonly kind: 'in'; readonly session: Session }

interface Access {
  readonly state: State
  logIn(username: string, password: string): Promise<void>
  logOut(): Promise<void>
}

const Context = createContext<Access | undefined>(undefined)

/** Who is logged in. The cookie is the browser's: no script sees it. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<State>({ kind: 'unknown' })
  useEffect(() => {
    const controller = new AbortController()
    dataOf(api.GET('/api/v2/session', { signal: controller.signal })).then(
      (session) => setState({ kind: 'in', session }),
      (error: unknown) => {
        if (controller.signal.aborted) return
        const nobody = error instanceof ApiError && error.facts.status === 401
        setState({ kind: 'out', ended: false, ...(!nobody && { error }) })
      },
    )
    const end = () =>
      setState((before) => (before.kind === 'in' ? { kind: 'out', ended: true } : before))
    sessionEnd.addEventListener('end', end)
    return () => {
      controller.abort()
      sessionEnd.removeEventListener('end', end)
    }
  }, [])
  useKeptAlive(state.kind === 'in')
  const logIn = useCallback(async (username: string, password: string) => {
    const session = await dataOf(api.POST('/api/v2/session', { body: { username, password } }))
    setState({ kind: 'in', session })
  }, [])
  const logOut = useCallback(async () => {
    await bodyOf(api.DELETE('/api/v2/session')).catch(() => undefined)
    setState({ kind: 'out', ended: false })
  }, [])
  const access = useMemo(() => ({ state, logIn, logOut }), [state, logIn, logOut])
  return <Context.Provider value={access}>{children}</Context.Provider>
}

/** Streams do not count as use of a session; whoever types or clicks does. */
function useKeptAlive(loggedIn: boolean): void {
  useEffect(() => {
    if (!loggedIn) return
    let last = Date.now()
    const use = () => {
      if (Date.now() - last < 60_000) return
      last = Date.now()
      void api.GET('/api/v2/session').then(
        ({ response }) => response.status === 401 && sessionEnd.dispatchEvent(new Event('end')),
        () => undefined,
      )
    }
    const kinds = ['pointerdown', 'keydown'] as const
    for (const kind of kinds) addEventListener(kind, use, { passive: true })
    return () => {
      for (const kind of kinds) removeEventListener(kind, use)
    }
  }, [loggedIn])
}

export function useAccess(): Access {
  const access = useContext(Context)
  if (!access) throw new Error('useAccess outside of SessionProvider')
  return access
}

/** The session of whoever is logged in. */
export function useSession(): Session {
  const { state } = useAccess()
  if (state.kind !== 'in') throw new Error('nobody is logged in')
  return state.session
}

/**
 * Whether the caller may do what needs this permission. It hides buttons; the API answers 403
 * whatever the page shows.
 */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useSession()
  return useCallback((permission) => permissions.includes(permission), [permissions])
}
