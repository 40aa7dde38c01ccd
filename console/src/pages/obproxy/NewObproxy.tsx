import { Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import type { paths } from '../../api/schema.d.ts'
import { useLoad } from '../../api/useLoad.ts'
import { ChangeDialog } from '../../components/ChangeDialog.tsx'
import { useText } from '../../settings/Settings.tsx'

type Body = paths['/api/v2/obproxy/clusters']['post']['requestBody']['content']['application/json']

interface Fields {
  readonly name: string
  readonly workMode: 'CONFIG_URL' | 'RS_LIST'
  readonly port: number
  readonly hostIds: number[]
  readonly clusterIds: number[]
}

const bodyFrom = ({ name, workMode, port, hostIds, clusterIds }: Fields): Body => ({
  name,
  workMode,
  port,
  obproxyInstallParam: { hostIds },
  obLinks: clusterIds.map((clusterId) => ({ clusterId })),
})

const post = (fields: Fields, dryRun: 'true' | 'false') =>
  dataOf(
    api.POST('/api/v2/obproxy/clusters', {
      params: { query: { dryRun } },
      body: bodyFrom(fields),
    }),
  )

/** The form, then what the call would make. */
export function NewObproxy({ close }: { close(): void }) {
  const t = useText()
  const navigate = useNavigate()
  const [form] = Form.useForm<Fields>()
  const [fields, setFields] = useState<Fields>()
  const choices = useLoad(async (signal) => {
    const query = { size: 2000 }
    const [hosts, clusters] = await Promise.all([
      dataOf(api.GET('/api/v2/compute/hosts', { params: { query }, signal })),
      dataOf(api.GET('/api/v2/ob/clusters', { params: { query }, signal })),
    ])
    return { hosts: hosts.contents, clusters: clusters.contents }
  }, [])
  const required = [{ required: true, message: t('common.required') }]
  if (fields)
    return (
      <ChangeDialog
        harmless
        title={t('obproxy.create.title', { name: fields.name })}
        text={t('obproxy.create.text')}
        button={t('obproxy.new')}
        look={() => post(fields, 'true')}
        act={async () => {
          const { id } = await post(fields, 'false')
          if (id !== null) void navigate(`/tasks/${id}`)
        }}
        close={close}
      />
    )
  return (
    <Modal
      open
      title={t('obproxy.new')}
      okText={t('create.next')}
      cancelText={t('common.cancel')}
      onOk={form.submit}
      onCancel={close}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{ workMode: 'CONFIG_URL', port: 2883, hostIds: [], clusterIds: [] }}
        onFinish={setFields}
      >
        <Form.Item name="name" label={t('common.name')} rules={required}>
          <Input />
        </Form.Item>
        <Form.Item name="workMode" label={t('obproxy.workMode')}>
          <Select
            options={(['CONFIG_URL', 'RS_LIST'] as const).map((value) => ({
              value,
              label: t(`obproxy.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="hostIds" label={t('obproxy.hosts')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={(choices.data?.hosts ?? [])
              .filter(({ status }) => status === 'AVAILABLE')
              .map(({ id, innerIpAddress }) => ({ value: id, label: innerIpAddress }))}
          />
        </Form.Item>
        <Form.Item
          name="clusterIds"
          label={t('obproxy.links')}
          dependencies={['workMode']}
          rules={[
            ({ getFieldValue }) => ({
              validator: async (_, chosen: readonly number[]) => {
                if (getFieldValue('workMode') === 'RS_LIST' && chosen.length !== 1)
                  throw new Error(t('obproxy.oneCluster'))
              },
            }),
          ]}
        >
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={(choices.data?.clusters ?? []).map(({ id, name }) => ({
              value: id,
              label: name,
            }))}
          />
        </Form.Item>
        <Form.Item name="port" label={t('create.sqlPort')}>
          <InputNumber min={1025} max={65_535} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
