import type { TableName } from './tables.ts'
import { clusterStatus, hostStatus, obproxyStatus, packageType, serviceType } from './words.ts'

/** Which of OCP's objects lie where in a reply, by path; elements of an array share one path. */
export type Holds = Readonly<Record<string, TableName>>

export interface DocumentedCall {
  /** OCP's sample of it, a file in fixtures/samples. */
  readonly sample?: string
  readonly holds?: Holds
  /** Every query parameter that is documented, with a value for each. */
  readonly query?: Readonly<Record<string, string>>
  /** Not JSON, or JSON without the envelope. */
  readonly bare?: true
}

const page: Holds = { 'data.page': 'Page' }
const paging = { page: '1', size: '10', sort: 'id,asc' }

const below = (path: string, holds: Holds): Holds =>
  Object.fromEntries(
    Object.entries(holds).map(([at, table]) => [at === '' ? path : `${path}.${at}`, table]),
  )

const servers: Holds = { 'data.contents': 'Server' }
const zone: Holds = { '': 'Zone', rootServer: 'RootServer', servers: 'Server' }
const cluster: Holds = { '': 'Cluster', rootServers: 'RootServer', ...below('zones', zone) }
const wrapped: Holds = {
  data: 'WrappedTaskInstance',
  'data.cluster': 'TaskCluster',
  'data.creator': 'TaskCreator',
  'data.subtasks': 'SubtaskInstance',
}
const created: Holds = {
  data: 'CreatedTask',
  'data.cluster': 'CreatedTaskCluster',
  'data.creator': 'TaskCreator',
  'data.tasks': 'CreatedSubtask',
}
const obproxyTask: Holds = { data: 'ObproxyTaskInstance', 'data.subtasks': 'SubtaskInstance' }
const obproxy: Holds = { '': 'ObproxyCluster', obproxies: 'Obproxy', obLinks: 'ObLink' }
const host: Holds = { '': 'Host', services: 'HostService' }
const credential: Holds = { '': 'Credential', sshCredentialProperty: 'SshCredentialProperty' }

const one = (holds: Holds): Holds => below('data', holds)
const many = (holds: Holds): Holds => below('data.contents', holds)
const pageOf = (holds: Holds): Holds => ({ ...page, ...many(holds) })

const nothing: DocumentedCall = {}
const named = (
  path: string,
  table: TableName,
  samples: readonly [list: string, get: string, add: string, remove: string],
) => ({
  [`GET ${path}`]: { sample: samples[0], holds: pageOf({ '': table }), query: paging },
  [`GET ${path}/{id}`]: { sample: samples[1], holds: one({ '': table }) },
  [`POST ${path}`]: { sample: samples[2], holds: one({ '': table }) },
  [`DELETE ${path}/{id}`]: { sample: samples[3] },
})

const clusters = '/api/v2/ob/clusters'
const tasks = '/api/v2/tasks/instances'
const subtask = `${tasks}/{id}/subtasks/{subtaskId}`
const hosts = '/api/v2/compute/hosts'
const credentials = '/api/v2/profiles/me/credentials'
const packages = '/api/v2/software-packages'
const proxies = '/api/v2/obproxy/clusters'

/**
 * Every call that OCP documents about clusters, tasks, hosts, packages, OBProxy and itself, or that
 * its Terraform provider and obd make; ids under the names that they have here. Source:
 * oceanbase/ocp-doc zh-CN/5.api-reference, the 4.3 pages, and those two programs.
 */
export const documentedCalls: Readonly<Record<string, DocumentedCall>> = {
  [`POST ${clusters}`]: { sample: '../createResponse', holds: created },
  [`GET ${clusters}`]: {
    sample: 'query-clusters',
    holds: pageOf(cluster),
    query: {
      ...paging,
      sort: 'name,asc',
      name: 'e',
      status: clusterStatus.join(),
      withStandby: 'false',
    },
  },
  [`GET ${clusters}/{id}`]: { holds: one(cluster) },
  [`DELETE ${clusters}/{id}`]: { sample: 'delete-an-ob-cluster', holds: created },
  [`GET ${clusters}/{id}/zones`]: {
    sample: 'check-the-zone-list-of-the-ob-cluster',
    holds: many(zone),
  },
  [`GET ${clusters}/{id}/servers`]: {
    sample: 'query-servers',
    holds: servers,
    query: { regionName: 'hangzhou', idcName: 'hz2' },
  },
  'GET /api/v2/clusters/{id}/zones/{zoneName}/servers': {
    sample: 'query-servers-in-a-zone',
    holds: servers,
  },
  [`GET ${clusters}/{id}/zones/{zoneName}/servers`]: { holds: servers },
  [`POST ${clusters}/{id}/stop`]: nothing,
  [`POST ${clusters}/{id}/start`]: nothing,
  [`POST ${clusters}/{id}/restart`]: nothing,
  [`POST ${clusters}/{id}/upgrade`]: nothing,
  [`POST ${clusters}/{id}/zones`]: nothing,
  [`DELETE ${clusters}/{id}/zones/{zoneName}`]: nothing,
  [`POST ${clusters}/{id}/zones/{zoneName}/stop`]: nothing,
  [`POST ${clusters}/{id}/zones/{zoneName}/start`]: nothing,
  [`POST ${clusters}/{id}/zones/{zoneName}/restart`]: nothing,
  [`POST ${clusters}/{id}/servers`]: nothing,
  [`POST ${clusters}/{id}/servers/batchDelete`]: nothing,
  [`POST ${clusters}/{id}/servers/{serverId}/stop`]: nothing,
  [`POST ${clusters}/{id}/servers/{serverId}/start`]: nothing,
  [`POST ${clusters}/{id}/servers/{serverId}/restart`]: nothing,
  [`POST ${clusters}/{id}/servers/{serverId}/replace`]: nothing,
  [`POST ${clusters}/{id}/changePassword`]: nothing,
  [`GET ${clusters}/parameterInfo`]: nothing,
  [`GET ${clusters}/{id}/parameters`]: nothing,
  [`PUT ${clusters}/{id}/parameters`]: nothing,
  [`POST ${clusters}/takeOverPreCheck`]: nothing,
  [`POST ${clusters}/takeOver`]: nothing,
  [`POST ${clusters}/{id}/moveOut`]: nothing,
  [`GET ${clusters}/{id}/stats`]: nothing,

  [`GET ${tasks}`]: {
    sample: 'query-the-task-list',
    holds: {
      ...page,
      ...many({
        '': 'BasicTaskInstance',
        cluster: 'TaskCluster',
        creator: 'TaskCreator',
        subtasks: 'BasicSubtaskInstance',
      }),
    },
    query: {
      ...paging,
      name: 'cluster',
      status: 'RUNNING,FAILED,SUCCESSFUL',
      type: 'MANUAL',
      clusterName: 'r',
      cluterName: 'r',
      clusterId: '1',
      tenantName: 'sys',
      tenantId: '100',
      hostId: '1',
    },
  },
  [`GET ${tasks}/{id}`]: { sample: 'query-task-instance-details', holds: wrapped },
  'GET /api/v2/tasks/{id}': { holds: wrapped },
  [`POST ${tasks}/{id}/retry`]: { sample: 'retry-a-task', holds: wrapped },
  [`POST ${tasks}/{id}/rollback`]: { sample: 'rollback-task', holds: wrapped },
  [`POST ${subtask}/retry`]: { holds: { data: 'SubtaskInstance' } },
  [`POST ${subtask}/skip`]: { sample: 'skip-a-subtask' },
  [`POST ${subtask}/cancel`]: { sample: 'cancel-a-subtask' },
  [`GET ${subtask}/log`]: { sample: 'query-subtask-instance-logs', holds: { data: 'SubtaskLog' } },
  'POST /api/v1/tasks/instances/{id}/downloadDiagnosis': { bare: true },

  ...named('/api/v2/compute/regions', 'Region', [
    'query-the-region-list',
    'query-area-details',
    'add-region',
    'delete-region-information',
  ]),
  ...named('/api/v2/compute/idcs', 'Idc', [
    'query-the-data-center-list',
    'query-detailed-data-center-information',
    'new-data-center',
    'delete-idc-information',
  ]),
  ...named('/api/v2/compute/hostTypes', 'HostType', [
    'query-models',
    'query-detailed-information-about-a-model',
    'new-models',
    'delete-model-information',
  ]),
  [`POST ${hosts}/batchCreate`]: {
    sample: 'add-hosts-in-batches',
    holds: { data: 'AddedHosts', ...many({ '': 'TaskInstance', subtasks: 'SubtaskInstance' }) },
  },
  [`GET ${hosts}`]: {
    sample: 'query-host-lists',
    holds: pageOf(host),
    query: {
      ...paging,
      status: hostStatus.join(),
      keyword: '10',
      idcId: '1',
      includedServiceType: serviceType.join(),
      excludedServiceType: 'OMS',
    },
  },
  [`GET ${hosts}/{id}`]: { sample: 'query-host-details', holds: one(host) },
  [`DELETE ${hosts}/{id}`]: { sample: 'delete-host' },
  [`POST ${hosts}/batchDelete`]: { sample: 'delete-multiple-hosts' },
  [`GET ${credentials}`]: { holds: pageOf(credential), query: paging },
  [`POST ${credentials}`]: { holds: one(credential) },

  [`GET ${packages}`]: {
    sample: 'query-the-list-of-software-packages',
    holds: pageOf({ '': 'SoftwarePackage' }),
    query: {
      ...paging,
      keyword: 'oceanbase',
      type: packageType.join(),
      version: '2.2.73,4.2.1.8',
      operatingSystem: 'el7,el8',
      architecture: 'x86_64,aarch64',
    },
  },
  [`POST ${packages}`]: {
    sample: 'upload-a-software-package-1',
    holds: one({ '': 'SoftwarePackage' }),
  },
  [`DELETE ${packages}/{id}`]: { sample: 'delete-software-packages-1' },
  'GET /api/v2/files/sys-package/{fileName}': { bare: true },

  [`POST ${proxies}`]: { sample: 'create-an-obproxy-cluster-api', holds: obproxyTask },
  [`GET ${proxies}`]: {
    sample: 'queries-the-obproxy-cluster-list',
    holds: pageOf(obproxy),
    query: { ...paging, name: 'o', status: obproxyStatus.join() },
  },
  [`GET ${proxies}/{id}`]: {
    sample: 'querying-details-about-an-obproxy-cluster',
    holds: one(obproxy),
  },
  [`PUT ${proxies}/{id}`]: { sample: 'update-obproxy-cluster-configuration', holds: one(obproxy) },
  [`DELETE ${proxies}/{id}`]: { sample: 'delete-obproxy-cluster-2', holds: obproxyTask },
  [`POST ${proxies}/{id}/obLinks/batchAdd`]: nothing,
  [`DELETE ${proxies}/{id}/obLinks/{obClusterName}`]: nothing,
  'GET /api/v2/obproxy/parameterInfo': nothing,
  [`GET ${proxies}/{id}/parameters`]: nothing,
  [`POST ${proxies}/{id}/obproxies/batchAdd`]: nothing,
  [`POST ${proxies}/{id}/takeOver`]: nothing,
  [`POST ${proxies}/{id}/servers/delete`]: nothing,
  [`POST ${proxies}/{id}/obproxies/{obproxyIds}/restart`]: nothing,
  [`POST ${proxies}/{id}/obproxies/{obproxyIds}/upgrade`]: nothing,
  'GET /services': { bare: true },

  'GET /api/v2/time': { bare: true },
  'GET /api/v2/info': { bare: true },
  'GET /api/status': { bare: true, query: { includeUnavailableComponent: 'true' } },
}
