/** Fields of OCP's samples that a reply here does not have, and why; by the name of the sample, then by the path of the field. */
export const absent: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'check-the-zone-list-of-the-ob-cluster': {
    'data.contents.compactionStatus': 'the state of a compaction is not followed after the task that triggers one',
  },
  'query-the-task-list': { 'data.contents.tenant': 'no task here is about a tenant' },
  'query-models': { 'data.contents.descripiton': 'a misspelling of the sample; the field is description' },
  'query-the-data-center-list': { 'data.contents.descripiton': 'a misspelling of the sample; the field is description' },
  'create-an-obproxy-cluster-api': {
    'data.subtasks.className': "a class of OCP's own program; the activity's name is in the log",
  },
  'delete-obproxy-cluster-2': {
    'data.subtasks.className': "a class of OCP's own program; the activity's name is in the log",
  },
}

/** Fields that OCP's tables document and none of the samples shows, left out here. */
export const absentInTables = {
  'SubtaskInstance.className': "a class of OCP's own program; WrappedTaskInstance leaves it out as well",
  'SubtaskInstance.context': 'a node reads the store and has no context of its own; WrappedTaskInstance leaves it out as well',
  'TaskInstance.tenantId': 'no task here is about a tenant',
  'Cluster.partitionCount': 'not read from the cluster: it changes all the time',
  'Cluster.delayTime': 'replication is not followed',
  'Cluster.syncStatus': 'replication is not followed',
  'Cluster.alarmSummaries': 'no alarms here',
  'Cluster.failToQueryFromObReason': 'a cluster is read from the store, which does not fail for it',
  'Server.availableOperations': 'servers are not stopped or started one by one here',
} as const
