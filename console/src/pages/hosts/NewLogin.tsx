import { Button, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { useCall } from '../../components/useCall.ts'
import { useText } from '../../settings/Settings.tsx'

interface Fields {
  readonly name: string
  readonly username: string
  readonly type: 'PASSWORD' | 'PRIVATE_KEY'
  readonly passphrase: string
}

/** A login for hosts. Its secret goes to the API and is never shown again. */
export function NewLogin({ made }: { made(): void }) {
  const t = useText()
  const [form] = Form.useForm<Fields>()
  const { busy, call } = useCall()
  const [open, setOpen] = useState(false)
  const required = [{ required: true, message: t('common.required') }]
  const make = async ({ name, ...login }: Fields) => {
    const body = { targetType: 'HOST', name, sshCredentialProperty: login } as const
    const done = await call(() => dataOf(api.POST('/api/v2/profiles/me/credentials', { body })))
    if (!done) return
    setOpen(false)
    form.resetFields()
    made()
  }
  return (
    <div className="add-here">
      <Button size="small" type="link" onClick={() => setOpen(true)}>
        {t('hosts.newLogin')}
      </Button>
      <Modal
        open={open}
        title={t('hosts.newLogin')}
        okText={t('common.add')}
        cancelText={t('common.cancel')}
        confirmLoading={busy}
        onOk={form.submit}
        onCancel={() => setOpen(false)}
      >
        <Form<Fields>
          form={form}
          layout="vertical"
          initialValues={{ username: 'root', type: 'PRIVATE_KEY' }}
          onFinish={make}
        >
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
          <Form.Item name="passphrase" label={t('hosts.secret')} rules={required}>
            <Input.TextArea rows={5} autoComplete="off" spellCheck={false} className="secret" />
          </Form.Item>
        </Form>
      </Modal>
    </div>
  )
}
