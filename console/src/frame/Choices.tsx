import { Button, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useSettings } from '../settings/Settings.tsx'

/** Each language is named in itself. */
export function LanguageButton({ icon }: { readonly icon: ReactNode }) {
  const { language, setLanguage } = useSettings()
  const chinese = language === 'zh-CN'
  return (
    <Button
      type="text"
      icon={icon}
      lang={chinese ? 'en' : 'zh-CN'}
      onClick={() => setLanguage(chinese ? 'en-US' : 'zh-CN')}
    >
      {chinese ? 'English' : '中文'}
    </Button>
  )
}

interface Icons {
  readonly light: ReactNode
  readonly dark: ReactNode
}

export function ThemeButton({ light, dark }: Icons) {
  const { theme, setTheme, t } = useSettings()
  const next = theme === 'dark' ? 'light' : 'dark'
  const text = t(next === 'dark' ? 'nav.dark' : 'nav.light')
  return (
    <Tooltip title={text}>
      <Button
        type="text"
        icon={next === 'dark' ? dark : light}
        aria-label={text}
        onClick={() => setTheme(next)}
      />
    </Tooltip>
  )
}
