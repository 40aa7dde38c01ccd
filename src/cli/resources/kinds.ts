import { z } from 'zod'
import { choice, option } from '../command.ts'
import { duration } from '../text.ts'
import { resource } from './resource.ts'

const text = z.string().nullish()
const id = z.number()

/** `2026-11-29 07:40:02`, in the reader's own time zone. */
export const moment = (time: string | null | undefined): string =>
  time ? new Date(time).toLocaleString('sv-SE') : ''

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

export const cluster = resource({
  kind: 'cluster',
  plural: 'clusters',
  path: '/api/v2/ob/clusters',
  item: z.looseObject({
    id,
    name: z.string(),
    type: z.string(),
    status: z.string(),
    obVersion: z.string(),
    obClusterId: id,
    serverCount: z.number(),
    creator: text,
    createTime: text,
    zones: z.array(
      z.looseObject({
        name: z.string(),
        idcName: z.string(),
        servers: z.array(
          z.looseObject({ ip: z.string(), hostId: id, status: z.string(), sqlPort: id, port: id }),
        ),
      }),
    ),
  }),
  nameQuery: 'name',
  filters: { status: option('--status <status>', 'only those of this status, e.g. RUNNING') },
  idOf: (it) => it.id,
  nameOf: (it) => it.name,
  columns: [
    { title: 'NAME', of: (it) => it.name },
    { title: 'ID', of: (it) => it.id },
    { title: 'STATUS', of: (it) => it.status },
    { title: 'VERSION', of: (it) => it.obVersion },
    { title: 'ZONES', of: (it) => it.zones.length },
    { title: 'SERVERS', of: (it) => it.serverCount },
    { title: 'TYPE', wide: true, of: (it) => it.type },
    { title: 'OB CLUSTER ID', wide: true, of: (it) => it.obClusterId },
    {
      title: 'ADDRESSES',
      wide: true,
      of: (it) =>
        it.zones
          .flatMap((zone) => zone.servers.map(({ ip, sqlPort }) => `${ip}:${sqlPort}`))
          .join(','),
    },
    { title: 'CREATED', wide: true, of: (it) => moment(it.createTime) },
  ],
})

export const host = resource({
  kind: 'host',
  plural: 'hosts',
  path: '/api/v2/compute/hosts',
  item: z.looseObject({
    id,
    innerIpAddress: z.string(),
    name: text,
    alias: text,
    status: z.string(),
    idcName: z.string(),
    regionName: z.string(),
    architecture: text,
    operatingSystem: text,
    hostAgentVersion: text,
    sshPort: z.number(),
    services: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  }),
  nameQuery: 'keyword',
  filters: { status: option('--status <status>', 'only those of this status, e.g. AVAILABLE') },
  idOf: (it) => it.id,
  nameOf: (it) => it.innerIpAddress,
  aliasesOf: (it) => [it.name, it.alias],
  columns: [
    { title: 'ADDRESS', of: (it) => it.innerIpAddress },
    { title: 'ID', of: (it) => it.id },
    { title: 'NAME', of: (it) => it.name },
    { title: 'STATUS', of: (it) => it.status },
    { title: 'IDC', of: (it) => it.idcName },
    { title: 'SERVES', of: (it) => it.services.map(({ name }) => name).join(',') },
    { title: 'REGION', wide: true, of: (it) => it.regionName },
    { title: 'SSH', wide: true, of: (it) => it.sshPort },
    { title: 'OS', wide: true, of: (it) => it.operatingSystem },
    { title: 'ARCH', wide: true, of: (it) => it.architecture },
    { title: 'AGENT', wide: true, of: (it) => it.hostAgentVersion },
  ],
})

export const softwarePackage = resource({
  kind: 'package',
  plural: 'packages',
  path: '/api/v2/software-packages',
  item: z.looseObject({
    id,
    fileName: z.string(),
    name: z.string(),
    version: z.string(),
    buildNumber: z.string(),
    architecture: z.string(),
    type: z.string(),
    size: z.number(),
    sha1: z.string(),
    deletable: z.boolean(),
  }),
  nameQuery: 'keyword',
  listOnly: true,
  idOf: (it) => it.id,
  nameOf: (it) => it.fileName,
  columns: [
    { title: 'FILE', of: (it) => it.fileName },
    { title: 'ID', of: (it) => it.id },
    { title: 'NAME', of: (it) => it.name },
    { title: 'VERSION', of: (it) => it.version },
    { title: 'SIZE', of: (it) => megabytes(it.size) },
    { title: 'BUILD', wide: true, of: (it) => it.buildNumber },
    { title: 'ARCH', wide: true, of: (it) => it.architecture },
    { title: 'TYPE', wide: true, of: (it) => it.type },
    { title: 'IN USE', wide: true, of: (it) => (it.deletable ? 'no' : 'yes') },
  ],
})

export const task = resource({
  kind: 'task',
  plural: 'tasks',
  path: '/api/v2/tasks/instances',
  item: z.looseObject({
    id,
    name: z.string(),
    status: z.string(),
    operation: z.string(),
    cluster: z.looseObject({ name: z.string() }).nullish(),
    creator: z.union([z.string(), z.looseObject({ name: z.string() })]),
    startTime: text,
    finishTime: text,
    hostId: id.nullish(),
  }),
  sort: 'id,desc',
  filters: {
    status: choice('--status <status>', 'only those of this status', [
      'RUNNING',
      'FAILED',
      'SUCCESSFUL',
    ]),
    clusterName: option('--cluster <name>', 'only those of this cluster'),
    obproxyClusterId: option('--obproxy <id>', 'only those of the OBProxy cluster of this id'),
  },
  idOf: (it) => it.id,
  nameOf: (it) => String(it.id),
  columns: [
    { title: 'ID', of: (it) => it.id },
    { title: 'NAME', of: (it) => it.name },
    { title: 'CLUSTER', of: (it) => it.cluster?.name },
    { title: 'STATUS', of: (it) => it.status },
    { title: 'OPERATION', of: (it) => it.operation },
    { title: 'STARTED', of: (it) => moment(it.startTime) },
    {
      title: 'TOOK',
      wide: true,
      of: ({ startTime, finishTime }) =>
        startTime && finishTime ? duration(Date.parse(finishTime) - Date.parse(startTime)) : '',
    },
    {
      title: 'BY',
      wide: true,
      of: ({ creator }) => (typeof creator === 'string' ? creator : creator.name),
    },
  ],
})

export const obproxy = resource({
  kind: 'obproxy',
  plural: 'OBProxy clusters',
  path: '/api/v2/obproxy/clusters',
  item: z.looseObject({
    id,
    name: z.string(),
    status: z.string(),
    workMode: z.string(),
    address: z.string(),
    port: z.number(),
    obproxies: z.array(z.looseObject({ ip: z.string(), hostId: id, sqlPort: z.number() })),
    obLinks: z.array(z.looseObject({ clusterName: z.string() })),
  }),
  nameQuery: 'name',
  idOf: (it) => it.id,
  nameOf: (it) => it.name,
  columns: [
    { title: 'NAME', of: (it) => it.name },
    { title: 'ID', of: (it) => it.id },
    { title: 'STATUS', of: (it) => it.status },
    { title: 'ADDRESS', of: (it) => `${it.address}:${it.port}` },
    { title: 'PROXIES', of: (it) => it.obproxies.length },
    { title: 'CLUSTERS', of: (it) => it.obLinks.map(({ clusterName }) => clusterName).join(',') },
    { title: 'MODE', wide: true, of: (it) => it.workMode },
    { title: 'HOSTS', wide: true, of: (it) => it.obproxies.map(({ ip }) => ip).join(',') },
  ],
})

export const user = resource({
  kind: 'user',
  plural: 'users',
  path: '/api/v2/iam/users',
  item: z.looseObject({ id, username: z.string(), roles: z.array(z.string()), createTime: text }),
  nameQuery: 'keyword',
  idOf: (it) => it.id,
  nameOf: (it) => it.username,
  columns: [
    { title: 'NAME', of: (it) => it.username },
    { title: 'ID', of: (it) => it.id },
    { title: 'ROLES', of: (it) => it.roles.join(',') },
    { title: 'CREATED', wide: true, of: (it) => moment(it.createTime) },
  ],
})

export const accessKey = resource({
  kind: 'access-key',
  plural: 'access keys',
  path: '/api/v2/profiles/me/accessKeys',
  item: z.looseObject({ accessKeyId: z.string(), createTime: text }),
  whole: true,
  listOnly: true,
  idOf: (it) => it.accessKeyId,
  nameOf: (it) => it.accessKeyId,
  columns: [
    { title: 'ACCESS KEY', of: (it) => it.accessKeyId },
    { title: 'CREATED', of: (it) => moment(it.createTime) },
  ],
})

export const credential = resource({
  kind: 'credential',
  plural: 'logins for hosts',
  path: '/api/v2/profiles/me/credentials',
  item: z.looseObject({
    id,
    name: z.string(),
    owner: text,
    sshCredentialProperty: z.looseObject({ type: z.string(), username: z.string() }),
    sharedAddresses: z.array(z.string()),
  }),
  idOf: (it) => it.id,
  nameOf: (it) => it.name,
  columns: [
    { title: 'NAME', of: (it) => it.name },
    { title: 'ID', of: (it) => it.id },
    { title: 'USER', of: (it) => it.sshCredentialProperty.username },
    { title: 'TYPE', of: (it) => it.sshCredentialProperty.type },
    { title: 'OWNER', wide: true, of: (it) => it.owner },
    { title: 'SHARED FOR', wide: true, of: (it) => it.sharedAddresses.join(',') },
  ],
})

const place = { id, name: z.string(), description: text }

export const region = resource({
  kind: 'region',
  plural: 'regions',
  path: '/api/v2/compute/regions',
  item: z.looseObject(place),
  nameQuery: 'keyword',
  idOf: (it) => it.id,
  nameOf: (it) => it.name,
  columns: [
    { title: 'NAME', of: (it) => it.name },
    { title: 'ID', of: (it) => it.id },
    { title: 'DESCRIPTION', wide: true, of: (it) => it.description },
  ],
})

export const idc = resource({
  kind: 'idc',
  plural: 'IDCs',
  path: '/api/v2/compute/idcs',
  item: z.looseObject({ ...place, regionName: z.string() }),
  nameQuery: 'keyword',
  idOf: (it) => it.id,
  nameOf: (it) => it.name,
  columns: [
    { title: 'NAME', of: (it) => it.name },
    { title: 'ID', of: (it) => it.id },
    { title: 'REGION', of: (it) => it.regionName },
    { title: 'DESCRIPTION', wide: true, of: (it) => it.description },
  ],
})

export const audit = resource({
  kind: 'audit',
  plural: 'calls',
  path: '/api/v2/audit',
  item: z.looseObject({
    id,
    time: z.string(),
    username: z.string(),
    address: z.string(),
    call: z.string(),
    method: z.string(),
    path: z.string(),
    status: z.number(),
    taskId: id.nullish(),
    before: z.record(z.string(), z.unknown()).optional(),
    after: z.record(z.string(), z.unknown()).optional(),
  }),
  listOnly: true,
  filters: {
    username: option('--user <name>', 'only calls of this user'),
    taskId: option('--task <id>', 'only calls that made or changed this task'),
  },
  idOf: (it) => it.id,
  nameOf: (it) => String(it.id),
  columns: [
    { title: 'TIME', of: (it) => moment(it.time) },
    { title: 'USER', of: (it) => it.username },
    { title: 'CALL', of: (it) => it.call },
    { title: 'STATUS', of: (it) => it.status },
    { title: 'TASK', of: (it) => it.taskId },
    { title: 'ADDRESS', wide: true, of: (it) => it.address },
    { title: 'PATH', wide: true, of: (it) => `${it.method} ${it.path}` },
    { title: 'BEFORE', wide: true, of: (it) => it.before && JSON.stringify(it.before) },
    { title: 'AFTER', wide: true, of: (it) => it.after && JSON.stringify(it.after) },
  ],
})
