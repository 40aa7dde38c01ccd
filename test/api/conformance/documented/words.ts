/** The words of OCP's enums, as its tables list them. */

export const taskStatus = ['RUNNING', 'FAILED', 'SUCCESSFUL']
export const taskType = ['MANUAL', 'SYS_ONECE', 'SCHEDULED', 'SYS_SCHEDULED']
export const subtaskStatus = ['PENDING', 'READY', 'RUNNING', 'CANCELING', 'FAILED', 'SUCCESSFUL']
/** ROLLBACK_SKIP is no word of the tables but of OCP's code. */
export const operation = ['EXECUTE', 'RETRY', 'ROLLBACK', 'SKIP', 'CANCEL', 'ROLLBACK_SKIP']

/** The filter of the cluster list. */
export const clusterStatus = [
  'RUNNING',
  'CREATING',
  'DELETING',
  'STARTING',
  'RESTARTING',
  'STOPPING',
  'STOPPED',
  'TAKINGOVER',
  'MOVINGOUT',
  'SWITCHOVER',
  'FAILOVER',
  'OPERATING',
]
/** The page of obLinks has three more. */
export const anyClusterStatus = [...clusterStatus, 'UNAVAILABLE', 'UPGRADING', 'ABANDONED']
export const clusterType = ['PRIMARY', 'STANDBY']
export const serverStatus = [
  'CREATING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'STARTING',
  'RESTARTING',
  'DELETING',
  'UNAVAILABLE',
  'OPERATING',
  'DELETED',
]
export const zoneStatus = [...serverStatus, 'SERVICE_STOPPED']
export const innerStatus = ['ACTIVE', 'INACTIVE']
export const operateStatus = ['NORMAL', 'OPERATING']
export const hostStatus = ['NEW', 'AVAILABLE', 'ONLINE', 'OFFLINE', 'DELETING']
export const serviceType = [
  'OB_CLUSTER',
  'OB_PROXY',
  'OCP_AGENT',
  'BACKUP_AGENT',
  'RESTORE_AGENT',
  'BACKUP_RESTORE_AGENT',
  'OMS',
]
export const packageType = [
  'OB_SERVER_INSTALL_PACKAGE',
  'OCP_AGENT_INSTALL_PACKAGE',
  'OBPROXY_INSTALL_PACKAGE',
  'OB_BACKUP_AGENT_INSTALL_PACKAGE',
]
export const obproxyStatus = [
  'CREATING',
  'RUNNING',
  'RESTARTING',
  'UPGRADING',
  'REFRESHING',
  'DELETING',
  'UNAVAILABLE',
  'TAKINGOVER',
]
