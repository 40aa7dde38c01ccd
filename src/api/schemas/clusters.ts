import { z } from 'zod'
import { clusterStatuses, clusterTypes, serverStatuses } from '../../store/index.ts'
import { time } from './envelope.ts'

export const server = z
  .strictObject({
    availableOperations: z.array(z.string()),
    clusterId: z.int(),
    hostId: z.int(),
    hostTypeName: z.string().nullable(),
    id: z.int(),
    idcName: z.string(),
    innerStatus: z.string(),
    ip: z.string(),
    port: z.int(),
    regionName: z.string(),
    sqlPort: z.int(),
    startTime: time.nullable(),
    status: z.enum(serverStatuses),
    stopTime: time,
    updateTime: time,
    version: z.string().nullable(),
    withRootserver: z.boolean(),
    zoneName: z.string(),
  })
  .meta({ id: 'Server' })

const rootServer = z
  .strictObject({ address: z.string(), role: z.enum(['LEADER', 'FOLLOWER']), sql_port: z.int() })
  .meta({ id: 'RootServer' })

export const zone = z
  .strictObject({
    clusterId: z.int(),
    createTime: time,
    hostCount: z.int(),
    idcId: z.int().nullable(),
    idcName: z.string(),
    innerStatus: z.string(),
    name: z.string(),
    obClusterId: z.int(),
    operateStatus: z.enum(['NORMAL', 'OPERATING']),
    regionName: z.string(),
    rootServer: rootServer.nullable(),
    serverCount: z.int(),
    servers: z.array(server),
    status: z.enum(serverStatuses),
    updateTime: time,
  })
  .meta({ id: 'Zone' })

const namesake = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    obClusterId: z.int(),
    status: z.enum(clusterStatuses),
    type: z.enum(clusterTypes),
  })
  .meta({ id: 'RelatedCluster' })

export const cluster = z
  .strictObject({
    createTime: time,
    creator: z.string(),
    fullVersion: z.string(),
    id: z.int(),
    name: z.string(),
    obClusterId: z.int(),
    obVersion: z.string(),
    regionCount: z.int(),
    rootServers: z.array(rootServer),
    serverCount: z.int(),
    primaryCluster: namesake.nullable().optional(),
    standbyClusters: z.array(namesake),
    status: z.enum(clusterStatuses),
    tenantCount: z.int(),
    type: z.enum(clusterTypes),
    updateTime: time,
    zones: z.array(zone),
  })
  .meta({ id: 'Cluster' })
