import { Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import { Problem } from '../../components/Problem.tsx'
import { useText } from '../../settings/Settings.tsx'
import { addressesOf } from './addresses.ts'
import { NewIdc } from './NewIdc.tsx'
import { NewLogin } from './NewLogin.tsx'
import { usePlaces } from './usePlaces.ts'

interface Fields {
  readonly addresses: string
  readonly sshPort: number
  readonly idcId: number
  readonly typeId?: number
  readonly credentialId: number
}

const maxAtOnce = 50

/** Many hosts by one paste. */
export function AddHosts({ close }: { close(): void }) {
  const t = useText()
  const navigate = useNavigate()
  const [form] = Form.useForm<Fields>()
  const places = usePlaces()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [addingLogin, setAddingLogin] = useState(false)
  const required = [{ required: true, message: t('common.required') }]
  const found = addressesOf(Form.useWatch('addresses', form) ?? '')
  const add = async ({ addresses, ...shared }: Fields) => {
    setBusy(true)
    const hostBasicDataList = addressesOf(addresses).good.map((innerIpAddress) => ({
      innerIpAddress,
    }))
    try {
      const { id } = await dataOf(
        api.POST('/api/v2/compute/hosts/batchCreate', {
          body: { hostBasicDataList, ...shared },
        }),
      )
      void navigate(`/tasks/${id}`)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const { regions = [], idcs = [], types = [], credentials = [] } = places.data ?? {}
  const named = ({ id, name }: { readonly id: number; readonly name: string }) => ({
    value: id,
    label: name,
  })
  return (
    <Modal
      open
      width={640}
      title={t('hosts.add')}
      okText={t('hosts.add')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      okButtonProps={{ disabled: found.good.length === 0 || found.good.length > maxAtOnce }}
      onOk={form.submit}
      onCancel={close}
    >
      <Problem error={error ?? places.error} />
      <Form<Fields> form={form} layout="vertical" initialValues={{ sshPort: 22 }} onFinish={add}>
        <Form.Item
          name="addresses"
          label={t('hosts.paste')}
          rules={required}
          help={
            found.bad.length > 0
              ? t('hosts.bad', { list: found.bad.slice(0, 5).join(', ') })
              : t('hosts.pasteHelp')
          }
          extra={found.good.length > 0 && t('hosts.found', { count: found.good.length })}
          {...(found.bad.length > 0 && { validateStatus: 'warning' as const })}
        >
          <Input.TextArea rows={5} autoFocus spellCheck={false} />
        </Form.Item>
        <div className="fields">
          <Form.Item name="idcId" label={t('hosts.idc')} rules={required}>
            <Select
              options={idcs.map(({ id, name, regionName }) => ({
                value: id,
                label: `${regionName} / ${name}`,
              }))}
              popupRender={(list) => (
                <>
                  {list}
                  <NewIdc regions={regions} made={places.reload} />
                </>
              )}
            />
          </Form.Item>
          <Form.Item name="credentialId" label={t('hosts.credential')} rules={required}>
            <Select
              options={credentials.map(({ id, name, sshCredentialProperty }) => ({
                value: id,
                label: `${name} (${sshCredentialProperty.username})`,
              }))}
              popupRender={(list) => (
                <>
                  {list}
                  <div className="add-here">
                    <Button size="small" type="link" onClick={() => setAddingLogin(true)}>
                      {t('hosts.newLogin')}
                    </Button>
                  </div>
                </>
              )}
            />
          </Form.Item>
          <Form.Item name="typeId" label={t('hosts.hostType')}>
            <Select allowClear options={types.map(named)} />
          </Form.Item>
          <Form.Item name="sshPort" label={t('hosts.sshPort')} rules={required}>
            <InputNumber min={1} max={65_535} />
          </Form.Item>
        </div>
      </Form>
      {addingLogin && <NewLogin made={places.reload} close={() => setAddingLogin(false)} />}
    </Modal>
  )
}
