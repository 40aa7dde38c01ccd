import type { ObproxyCluster, TaskWithSubtasks } from '../../store/index.ts'
import { isoTime } from '../http/time.ts'
import type { Reader } from '../tasks/reader.ts'
import { showHostTask } from '../tasks/show.ts'

/** How many of each, as OCP counts IDCs and versions. */
const counted = <Name extends string>(name: Name, values: readonly (string | null)[]) =>
  [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({
    count: all.length,
    [name]: value,
  }))

/** Parameters are set once, when the proxies are installed. */
const parameterVersion = 1

/** OCP's OBProxy cluster; `status` is what its Terraform provider reads. */
export const showObproxy = (found: ObproxyCluster) => ({
  address: found.address,
  ...(found.configUrl !== null && { configUrl: found.configUrl }),
  createTime: isoTime(found.createTime),
  creatorId: found.creatorId,
  creatorName: found.creator,
  id: found.id,
  name: found.name,
  obLinks: found.links.map(({ clusterId, clusterName, obClusterId, clusterStatus, username }) => ({
    clusterId,
    clusterName,
    obClusterId,
    status: clusterStatus,
    username,
  })),
  obproxies: found.servers.map((server) => ({
    architecture: server.architecture,
    clusterId: found.id,
    exporterPort: server.exporterPort,
    hostId: server.hostId,
    id: server.id,
    idcName: server.idcName,
    ip: server.ip,
    lastActiveTime: server.lastActiveTime && isoTime(server.lastActiveTime),
    operateStatus: found.status === 'RUNNING' ? 'NORMAL' : 'OPERATING',
    parameterVersion,
    sqlPort: server.sqlPort,
    status: server.status,
    version: server.version,
  })),
  parameterVersion,
  port: found.port,
  status: found.status,
  topo: counted(
    'idcName',
    found.servers.map(({ idcName }) => idcName),
  ),
  updateTime: isoTime(found.updateTime),
  versions: counted(
    'version',
    found.servers.map(({ version }) => version),
  ),
  workMode: found.workMode,
})

/** OCP's TaskInstance with its context as an object, as the samples of OBProxy's calls have it. */
export const showObproxyTask = (task: TaskWithSubtasks, reader: Reader) => ({
  ...showHostTask(task, reader),
  context: {
    listMap: task.context.listMap,
    parallel: false,
    parallelIdx: -1,
    stringMap: task.context.stringMap,
  },
  obproxyClusterId: task.obproxyClusterId,
})
