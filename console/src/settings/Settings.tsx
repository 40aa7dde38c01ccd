import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react'
import { setApiLanguage } from '../api/client.ts'
import {
  browserLanguage,
  type Language,
  languages,
  type Translate,
  translator,
} from '../i18n/text.ts'
import { useStored } from './stored.ts'
import { type Theme, themeOf, themes } from './theme.ts'

interface Settings {
  readonly language: Language
  readonly theme: Theme
  readonly t: Translate
  setLanguage(language: Language): void
  setTheme(theme: Theme): void
}

const Context = createContext<Settings | undefined>(undefined)

const prefersDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

const lessMotion = matchMedia('(prefers-reduced-motion: reduce)')
function watchMotion(changed: () => void): () => void {
  lessMotion.addEventListener('change', changed)
  return () => lessMotion.removeEventListener('change', changed)
}

/** Language and theme of this browser, and all that depends on them. */
export function SettingsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useStored(
    'obflow.language',
    languages,
    browserLanguage(navigator.languages),
  )
  const [theme, setTheme] = useStored('obflow.theme', themes, prefersDark() ? 'dark' : 'light')
  const still = useSyncExternalStore(watchMotion, () => lessMotion.matches)
  setApiLanguage(language)
  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dataset.theme = theme
  }, [language, theme])
  const look = useMemo(() => themeOf(theme, still), [theme, still])
  const settings = useMemo(
    () => ({ language, theme, t: translator(language), setLanguage, setTheme }),
    [language, theme, setLanguage, setTheme],
  )
  return (
    <Context.Provider value={settings}>
      <ConfigProvider
        locale={language === 'zh-CN' ? zhCN : enUS}
        theme={look}
        button={{ autoInsertSpace: false }}
      >
        <AntApp className="app">{children}</AntApp>
      </ConfigProvider>
    </Context.Provider>
  )
}

export function useSettings(): Settings {
  const settings = useContext(Context)
  if (!settings) throw new Error('useSettings outside of SettingsProvider')
  return settings
}

/** The texts in the chosen language. */
export const useText = (): Translate => useSettings().t
