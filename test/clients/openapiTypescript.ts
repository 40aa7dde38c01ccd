import assert from 'node:assert/strict'
import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

const {
  OBFLOW_URL: baseUrl = '',
  OBFLOW_PASSWORD: password = '',
  NAME: name = '',
  ADDRESS: innerIpAddress = '',
} = process.env
const api = createClient<paths>({
  baseUrl,
  headers: { authorization: `Basic ${btoa(`admin:${password}`)}` },
})

const clusters = await api.GET('/api/v2/ob/clusters', {
  params: { query: { size: 5, status: ['RUNNING'] } },
})
assert.equal(clusters.data?.data.page.totalElements, 0)
const region = await api.POST('/api/v2/compute/regions', { body: { name } })
const regionId = region.data?.data.id ?? 0
const idc = await api.POST('/api/v2/compute/idcs', { body: { name, regionId } })
const credential = await api.POST('/api/v2/profiles/me/credentials', {
  body: {
    targetType: 'HOST',
    name,
    sshCredentialProperty: { type: 'PASSWORD', username: 'admin', passphrase: 'x' },
    validate: true,
  },
})
assert.deepEqual(
  credential.data?.warnings?.map(({ field }) => field),
  ['validate'],
)
const hosts = await api.POST('/api/v2/compute/hosts/batchCreate', {
  body: {
    hostBasicDataList: [{ innerIpAddress }],
    idcId: idc.data?.data.id ?? 0,
    credentialId: credential.data?.data.id ?? 0,
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
  },
})
const id = hosts.data?.data.id ?? 0
const task = await api.GET('/api/v2/tasks/instances/{id}', { params: { path: { id } } })
assert.equal(task.data?.data.status, 'RUNNING')
assert.equal(task.data?.data.subtasks.length, 5)
const missing = await api.GET('/api/v2/tasks/instances/{id}', { params: { path: { id: 999_999 } } })
assert.equal(missing.error?.error.code, 'TSK10001')
