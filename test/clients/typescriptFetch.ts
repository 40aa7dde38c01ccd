import assert from 'node:assert/strict'
import {
  ClustersApi,
  Configuration,
  CreateCredentialRequestSshCredentialPropertyTypeEnum,
  CreateCredentialRequestTargetTypeEnum,
  CredentialsApi,
  HostsApi,
  PlacesApi,
  ResponseError,
  TasksApi,
} from './client/index.js'

const {
  OBFLOW_URL: basePath = '',
  OBFLOW_PASSWORD: password = '',
  NAME: name = '',
  ADDRESS: innerIpAddress = '',
} = process.env
const configuration = new Configuration({ basePath, username: 'admin', password })

const clusters = await new ClustersApi(configuration).listObClusters({ size: 5 })
assert.equal(clusters.data.page.totalElements, 0)
const places = new PlacesApi(configuration)
const region = await places.createRegion({ createRegionRequest: { name } })
const idc = await places.createIdc({ createIdcRequest: { name, regionId: region.data.id } })
const credential = await new CredentialsApi(configuration).createCredential({
  createCredentialRequest: {
    targetType: CreateCredentialRequestTargetTypeEnum.Host,
    name,
    sshCredentialProperty: {
      type: CreateCredentialRequestSshCredentialPropertyTypeEnum.Password,
      username: 'admin',
      passphrase: 'x',
    },
  },
})
const hosts = await new HostsApi(configuration).createHosts({
  createHostsRequest: {
    hostBasicDataList: [{ innerIpAddress }],
    idcId: idc.data.id,
    credentialId: credential.data.id,
  },
})
const tasks = new TasksApi(configuration)
const task = await tasks.getTaskInstance({ id: hosts.data.id })
assert.equal(task.data.status, 'RUNNING')
assert.equal(task.data.subtasks.length, 5)
await assert.rejects(
  tasks.getTaskInstance({ id: 999_999 }),
  (error) => error instanceof ResponseError && error.response.status === 404,
)
