import { App, Button, Form, Input } from 'antd'
import { api, bodyOf } from '../../api/client.ts'
import { Page } from '../../components/Page.tsx'
import { useCall } from '../../components/useCall.ts'
import { useSession } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { AccessKeys } from './AccessKeys.tsx'

interface Fields {
  readonly currentPassword: string
  readonly newPassword: string
}

export default function ProfilePage() {
  const t = useText()
  const { user } = useSession()
  return (
    <Page
      title={t('profile.title')}
      beside={<span className="muted">{`${user.username} · ${user.roles.join(', ')}`}</span>}
    >
      <div className="stack">
        <AccessKeys />
        <ChangePassword />
      </div>
    </Page>
  )
}

function ChangePassword() {
  const t = useText()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const { busy, call } = useCall()
  const required = [{ required: true, message: t('common.required') }]
  const change = async (body: Fields) => {
    const done = await call(() => bodyOf(api.POST('/api/v2/profiles/me/changePassword', { body })))
    if (!done) return
    form.resetFields()
    void message.success(t('profile.changed'))
  }
  return (
    <section className="panel panel-body narrow" aria-label={t('profile.password')}>
      <h2>{t('profile.password')}</h2>
      <Form<Fields> form={form} layout="vertical" onFinish={change}>
        <Form.Item name="currentPassword" label={t('profile.current')} rules={required}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label={t('profile.new')}
          rules={required}
          extra={t('users.passwordHelp')}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('profile.password')}
        </Button>
      </Form>
    </section>
  )
}
