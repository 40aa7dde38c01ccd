import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Problem } from '../../components/Problem.tsx'
import { LanguageButton, ThemeButton } from '../../frame/Choices.tsx'
import { useAccess } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'

interface Fields {
  readonly username: string
  readonly password: string
}

export function LoginPage() {
  const t = useText()
  const { state, logIn } = useAccess()
  const [error, setError] = useState<unknown>(state.kind === 'out' ? state.error : undefined)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    document.title = t('login.title')
  }, [t])
  const submit = async ({ username, password }: Fields) => {
    setBusy(true)
    setError(undefined)
    await logIn(username, password).catch(setError)
    setBusy(false)
  }
  const ended = state.kind === 'out' && state.ended && error === undefined
  return (
    <main className="login">
      <div className="login-choices">
        <LanguageButton icon={<GlobalOutlined />} />
        <ThemeButton light={<SunOutlined />} dark={<MoonOutlined />} />
      </div>
      <div className="panel login-card">
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>{t('login.title')}</h1>
        <p className="muted">{t('login.lead')}</p>
        {ended && <Alert type="info" showIcon message={t('login.ended')} />}
        <div aria-live="polite">
          <Problem error={error} />
        </div>
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={submit}>
          <Form.Item
            name="username"
            label={t('login.user')}
            rules={[{ required: true, message: t('common.required') }]}
          >
            <Input autoComplete="username" autoFocus size="large" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('login.password')}
            rules={[{ required: true, message: t('common.required') }]}
          >
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {t('login.submit')}
          </Button>
        </Form>
      </div>
    </main>
  )
}
