import { Form, Modal } from 'antd'
import { api, dataOf } from '../../api/client.ts'
import { useCall } from '../../components/useCall.ts'
import { useText } from '../../settings/Settings.tsx'
import { LoginFields, type LoginFieldValues, newLogin } from './LoginFields.tsx'

interface Props {
  made(): void
  close(): void
}

/** Adds a login for hosts; it belongs to the user. */
export function NewLogin({ made, close }: Props) {
  const t = useText()
  const [form] = Form.useForm<LoginFieldValues>()
  const { busy, call } = useCall()
  const make = async ({ name, passphrase = '', ...login }: LoginFieldValues) => {
    const sshCredentialProperty = { ...login, passphrase }
    const body = { targetType: 'HOST', name, sshCredentialProperty } as const
    const done = await call(() => dataOf(api.POST('/api/v2/profiles/me/credentials', { body })))
    if (!done) return
    made()
    close()
  }
  return (
    <Modal
      open
      title={t('hosts.newLogin')}
      okText={t('common.add')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={close}
    >
      <Form<LoginFieldValues>
        form={form}
        layout="vertical"
        initialValues={newLogin}
        onFinish={make}
      >
        <LoginFields />
      </Form>
    </Modal>
  )
}
