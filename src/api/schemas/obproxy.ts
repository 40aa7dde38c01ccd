import { z } from 'zod'
import { clusterStatuses, clusterTypes, obproxyStatuses } from '../../store/index.ts'
import { time } from './envelope.ts'
import { hostTask } from './tasks.ts'

const counted = (name: string) =>
  z.array(z.strictObject({ count: z.int().min(1), [name]: z.string().nullable() }))

/** OCP's OBProxy cluster. */
export const obproxyCluster = z
  .strictObject({
    address: z.string(),
    configUrl: z.string().optional(),
    createTime: time,
    creatorId: z.int().nullable(),
    creatorName: z.string(),
    id: z.int(),
    name: z.string(),
    obLinks: z.array(
      z.strictObject({
        clusterId: z.int(),
        clusterName: z.string(),
        obClusterId: z.int(),
        status: z.enum(clusterStatuses),
        username: z.string(),
      }),
    ),
    obproxies: z.array(
      z.strictObject({
        architecture: z.string().nullable(),
        clusterId: z.int(),
        exporterPort: z.int(),
        hostId: z.int(),
        id: z.int(),
        idcName: z.string(),
        ip: z.string(),
        lastActiveTime: time.nullable(),
        operateStatus: z.enum(['NORMAL', 'OPERATING']),
        parameterVersion: z.int(),
        sqlPort: z.int(),
        status: z.enum(obproxyStatuses),
        version: z.string().nullable(),
      }),
    ),
    parameterVersion: z.int(),
    port: z.int(),
    status: z.enum(obproxyStatuses),
    topo: counted('idcName'),
    updateTime: time,
    versions: counted('version'),
    workMode: z.enum(['CONFIG_URL', 'RS_LIST', 'OB_SHARDING']),
  })
  .meta({ id: 'ObproxyCluster' })

/** OCP's TaskInstance with its context as an object. */
export const obproxyTask = hostTask
  .extend({
    context: z.strictObject({
      listMap: z.record(z.string(), z.array(z.string())),
      parallel: z.boolean(),
      parallelIdx: z.int(),
      stringMap: z.record(z.string(), z.string()),
    }),
    obproxyClusterId: z.int(),
  })
  .meta({ id: 'ObproxyTask' })

const rootServiceInfo = z.strictObject({
  ObCluster: z.string(),
  ObClusterId: z.int(),
  ObRegion: z.string(),
  ObRegionId: z.int(),
  ReadonlyRsList: z.array(z.unknown()),
  RsList: z.array(
    z.strictObject({
      address: z.string(),
      role: z.enum(['LEADER', 'FOLLOWER']),
      sql_port: z.int(),
    }),
  ),
  Type: z.enum(clusterTypes),
  timestamp: z.int(),
})

const proxyConfig = z.strictObject({
  ObProxyBinUrl: z.string(),
  ObProxyDatabaseInfo: z.record(z.string(), z.string()),
  ObRootServiceInfoUrlList: z.array(
    z.strictObject({ ObRegion: z.string(), ObRootServiceInfoUrl: z.string() }),
  ),
  Version: z.string(),
})

const around = {
  Code: z.int(),
  Cost: z.int().min(0),
  Message: z.string(),
  Server: z.string(),
  Trace: z.string(),
}

/**
 * What `/services` answers observers and proxies: no envelope of OCP's API, but OceanBase's own.
 */
export const serviceAnswer = z
  .strictObject({
    ...around,
    Data: z
      .union([
        rootServiceInfo,
        z.array(rootServiceInfo),
        proxyConfig,
        proxyConfig.pick({ Version: true }),
        z.string(),
      ])
      .meta({ wire: {} }),
    Success: z.literal(true),
  })
  .meta({ id: 'ServiceAnswer' })

/** The same when it refuses. */
export const serviceRefusal = z
  .strictObject({ ...around, Success: z.literal(false) })
  .meta({ id: 'ServiceRefusal' })
