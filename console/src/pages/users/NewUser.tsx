import { Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { Problem } from '../../components/Problem.tsx'
import { useText } from '../../settings/Settings.tsx'
import { type RoleName, roleNames } from './roles.ts'

interface Fields {
  readonly username: string
  readonly password: string
  readonly roles: RoleName[]
}

export function NewUser({ close }: { close(): void }) {
  const t = useText()
  const [form] = Form.useForm<Fields>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const required = [{ required: true, message: t('common.required') }]
  const add = async (body: Fields) => {
    setBusy(true)
    try {
      await dataOf(api.POST('/api/v2/iam/users', { body }))
      close()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={t('users.add')}
      okText={t('common.add')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={close}
    >
      <Problem error={error} />
      <Form<Fields> form={form} layout="vertical" initialValues={{ roles: [] }} onFinish={add}>
        <Form.Item name="username" label={t('login.user')} rules={required}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('login.password')}
          rules={required}
          help={t('users.passwordHelp')}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="roles" label={t('users.roles')}>
          <Select mode="multiple" options={roleNames.map((value) => ({ value, label: value }))} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
