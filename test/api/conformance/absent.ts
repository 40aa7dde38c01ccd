const notOneByOne = 'zones and servers are not stopped, started or replaced one by one here'
const notAfterwards = 'a cluster is created, restarted and deleted here, and not operated otherwise'
const notProxies = 'an OBProxy cluster is created and deleted as a whole'
const takeOver = 'what is here was made here; nothing is taken over'

/**
 * What OCP documents and this does not have, each with its reason: calls, fields of bodies that are
 * sent, and fields of replies. docs/api.md tells readers of it; the tests fail for what is missing
 * and not named here, and for what is named and there.
 */
export const absent: {
  readonly calls: Readonly<Record<string, string>>
  /** By call and field. */
  readonly bodies: Readonly<Record<string, string>>
  /** By OCP's object and field. */
  readonly fields: Readonly<Record<string, string>>
} = {
  calls: {
    'POST /api/v2/ob/clusters/{id}/stop': notAfterwards,
    'POST /api/v2/ob/clusters/{id}/start': notAfterwards,
    'POST /api/v2/ob/clusters/{id}/upgrade': notAfterwards,
    'POST /api/v2/ob/clusters/{id}/changePassword': notAfterwards,
    'GET /api/v2/ob/clusters/parameterInfo': notAfterwards,
    'GET /api/v2/ob/clusters/{id}/parameters': notAfterwards,
    'PUT /api/v2/ob/clusters/{id}/parameters': notAfterwards,
    'GET /api/v2/ob/clusters/{id}/stats': notAfterwards,
    'POST /api/v2/ob/clusters/{id}/zones': notOneByOne,
    'DELETE /api/v2/ob/clusters/{id}/zones/{zoneName}': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/zones/{zoneName}/stop': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/zones/{zoneName}/start': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/zones/{zoneName}/restart': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers/batchDelete': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers/{serverId}/stop': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers/{serverId}/start': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers/{serverId}/restart': notOneByOne,
    'POST /api/v2/ob/clusters/{id}/servers/{serverId}/replace': notOneByOne,
    'POST /api/v2/ob/clusters/takeOverPreCheck': takeOver,
    'POST /api/v2/ob/clusters/takeOver': takeOver,
    'POST /api/v2/ob/clusters/{id}/moveOut': takeOver,
    'POST /api/v2/obproxy/clusters/{id}/takeOver': takeOver,
    'POST /api/v2/obproxy/clusters/{id}/obproxies/batchAdd': notProxies,
    'GET /api/v2/obproxy/parameterInfo': notProxies,
    'GET /api/v2/obproxy/clusters/{id}/parameters': notProxies,
    'POST /api/v2/obproxy/clusters/{id}/servers/delete': notProxies,
    'POST /api/v2/obproxy/clusters/{id}/obproxies/{obproxyIds}/restart': notProxies,
    'POST /api/v2/obproxy/clusters/{id}/obproxies/{obproxyIds}/upgrade': notProxies,
  },
  bodies: {},
  fields: {
    'SubtaskInstance.className': "a class of OCP's own program; the activity's name is in the log",
    'SubtaskInstance.context': 'a node reads the store and has no context of its own',
    'TaskInstance.tenantId': 'no task here is about a tenant',
    'ObproxyTaskInstance.tenantId': 'no task here is about a tenant',
    'WrappedTaskInstance.tenant': 'no task here is about a tenant',
    'BasicTaskInstance.tenant': 'no task here is about a tenant',
    'Zone.compactionStatus':
      'the state of a compaction is not followed after the task that triggers one',
    'Cluster.partitionCount': 'not read from the cluster: it changes all the time',
    'Cluster.delayTime': 'replication is not followed',
    'Cluster.syncStatus': 'replication is not followed',
    'Cluster.alarmSummaries': 'no alarms here',
    'Cluster.failToQueryFromObReason':
      'a cluster is read from the store, which does not fail for it',
    'Cluster.deadLockDetectionEnabled': 'not read from the cluster',
    'Cluster.loadType': 'HTAP is the only one here',
    'HostType.descripiton': 'a misspelling of one sample; the field is description',
    'Idc.descripiton': 'a misspelling of one sample; the field is description',
    'SubError.object': 'the field is named from the top of the request',
    'SshCredentialProperty.passphrase': 'a secret is never shown',
  },
}
