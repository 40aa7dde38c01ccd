import { Form, Input, Radio } from 'antd'
import { useText } from '../../settings/Settings.tsx'

export interface LoginFieldValues {
  readonly name: string
  readonly username: string
  readonly type: 'PASSWORD' | 'PRIVATE_KEY'
  /** Empty on a change: the secret stays. */
  readonly passphrase?: string
}

export const newLogin = { username: 'root', type: 'PRIVATE_KEY' } as const

/** The fields of a login for hosts. Its secret goes to the API and is never shown again. */
export function LoginFields({ kept = false }: { readonly kept?: boolean }) {
  const t = useText()
  const required = [{ required: true, message: t('common.required') }]
  return (
    <>
      <Form.Item name="name" label={t('common.name')} rules={required}>
        <Input />
      </Form.Item>
      <Form.Item name="username" label={t('hosts.user')} rules={required}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="type" label={t('hosts.secretType')}>
        <Radio.Group
          options={[
            { value: 'PRIVATE_KEY', label: t('hosts.PRIVATE_KEY') },
            { value: 'PASSWORD', label: t('hosts.PASSWORD') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="passphrase"
        label={t('hosts.secret')}
        rules={kept ? [] : required}
        {...(kept && { help: t('hosts.secretKept') })}
      >
        <Input.TextArea rows={5} autoComplete="off" spellCheck={false} className="secret" />
      </Form.Item>
    </>
  )
}
