import { Form, Input, Modal } from 'antd'
import { api, dataOf } from '../../api/client.ts'
import type { Credential } from '../../api/types.ts'
import { useCall } from '../../components/useCall.ts'
import { useText } from '../../settings/Settings.tsx'
import { addressesOf } from './addresses.ts'
import { LoginFields, type LoginFieldValues } from './LoginFields.tsx'

interface Fields extends LoginFieldValues {
  readonly shared: string
}

interface Props {
  readonly login: Credential
  changed(): void
  close(): void
}

/** Changes a login; hosts that use it use the new one from then on. */
export function ChangeLogin({ login, changed, close }: Props) {
  const t = useText()
  const [form] = Form.useForm<Fields>()
  const { busy, call } = useCall()
  const { id, name, sshCredentialProperty: ssh, sharedAddresses } = login
  const type = Form.useWatch('type', form) ?? ssh.type
  const change = async ({ name: newName, username, passphrase = '', shared }: Fields) => {
    const secret = passphrase === '' ? {} : { type, passphrase }
    const addresses = addressesOf(shared).good
    const body = {
      name: newName,
      sshCredentialProperty: { username, ...secret },
      // Only its owner may change for whom it is, an ADMIN all else.
      ...(addresses.join() !== sharedAddresses.join() && { sharedAddresses: addresses }),
    }
    const params = { path: { id } }
    const done = await call(() =>
      dataOf(api.PATCH('/api/v2/profiles/me/credentials/{id}', { params, body })),
    )
    if (!done) return
    changed()
    close()
  }
  return (
    <Modal
      open
      title={t('hosts.changeLogin', { name })}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={close}
    >
      <p className="muted">{t('hosts.changeLoginText')}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{
          name,
          username: ssh.username,
          type: ssh.type,
          passphrase: '',
          shared: sharedAddresses.join('\n'),
        }}
        onFinish={change}
      >
        <LoginFields kept={type === ssh.type} />
        <Form.Item name="shared" label={t('hosts.shared')} help={t('hosts.sharedHelp')}>
          <Input.TextArea rows={3} spellCheck={false} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
