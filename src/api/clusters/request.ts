import { z } from 'zod'
import { key } from '../validation.ts'

/** A path, port or user of the cluster on its hosts; both spellings are OCP's: its document's and its Terraform provider's. */
const attribute = {
  installPath: z.string(),
  dataDiskPath: z.string(),
  logDiskPath: z.string(),
  runPath: z.string(),
  diskPathStyle: z.enum(['OBD', 'DEFAULT']),
  operatingSystemUser: z.string(),
  sqlPort: z.int(),
  svrPort: z.int(),
}

const attributes = z.strictObject({
  installPath: attribute.installPath.optional(),
  dataDiskPath: attribute.dataDiskPath.optional(),
  logDiskPath: attribute.logDiskPath.optional(),
  runPath: attribute.runPath.optional(),
  diskPathStyle: attribute.diskPathStyle.optional(),
  operatingSystemUser: attribute.operatingSystemUser.optional(),
  sqlPort: attribute.sqlPort.optional(),
  svrPort: attribute.svrPort.optional(),
  InstallPath: attribute.installPath.optional(),
  DataDiskPath: attribute.dataDiskPath.optional(),
  LogDiskPath: attribute.logDiskPath.optional(),
  RunPath: attribute.runPath.optional(),
  DiskPathStyle: attribute.diskPathStyle.optional(),
  OperatingSystemUser: attribute.operatingSystemUser.optional(),
  SqlPort: attribute.sqlPort.optional(),
  SvrPort: attribute.svrPort.optional(),
})

const zone = z.strictObject({
  name: z.string(),
  idcName: z.string().min(1),
  /** Host ids. */
  servers: z.array(key).max(2000),
  rpmName: z.string().optional(),
  rootServer: key.optional(),
  architecture: z.string().optional(),
  packageOperatingSystem: z.string().optional(),
})

/** Which cluster a STANDBY is to follow, and its root@sys password. */
const primaryClusterInfo = z.strictObject({
  rootSysPassword: z.string().max(256),
  obClusterId: z.int().min(1).max(4_294_901_759),
  vpcName: z.string().nullish(),
  vpcId: z.int().nullish(),
})

/** Body of `POST /api/v2/ob/clusters`: every field that OCP documents; rules.ts says which values are taken. */
export const createRequest = z.strictObject({
  name: z.string(),
  type: z.enum(['PRIMARY', 'STANDBY']),
  password: z.string().max(256),
  rpmName: z.string().optional(),
  primaryZone: z.string().nullish(),
  zones: z.array(zone).max(64),
  obClusterId: z.int().min(1).max(4_294_901_759).nullish(),
  fullVersion: z.string().nullish(),
  startupParameters: z
    .array(z.strictObject({ name: z.string(), value: z.string() }))
    .max(200)
    .nullish(),
  obproxyClusterIds: z.array(key).max(100).nullish(),
  obproxyUserName: z.string().nullish(),
  obproxyUserPassword: z.string().min(1).max(256).nullish(),
  attributes: attributes.nullish(),
  clientToken: z
    .string()
    .regex(/^[\x21-\x7e]{8,64}$/, '8 to 64 visible ASCII characters')
    .nullish(),

  vpcName: z.string().nullish(),
  vpcId: z.int().nullish(),
  obproxyClusterKeyList: z.array(z.unknown()).nullish(),
  primaryClusterInfo: primaryClusterInfo.nullish(),
  arbitrationServiceId: z.int().nullish(),
  oversellingFactor: z.int().nullish(),
  cgroupEnabled: z.boolean().nullish(),
  createExtraTenant: z.boolean().nullish(),
  simplifiedCreateTenantParam: z.unknown().optional(),
  supportObsBackup: z.boolean().nullish(),
  loadType: z.string().nullish(),
  checkId: z.string().nullish(),
})

export type CreateRequest = z.infer<typeof createRequest>

/** Defaults of OCP's document; ports are OceanBase's own. */
const attributeDefaults = {
  installPath: '/home/admin/oceanbase',
  dataDiskPath: '/data/1',
  logDiskPath: '/data/log1',
  operatingSystemUser: 'admin',
  sqlPort: 2881,
  svrPort: 2882,
} as const

/** The attributes of a request under one spelling, defaults filled in. */
export function attributesOf({ attributes: given }: CreateRequest) {
  return {
    installPath: given?.installPath ?? given?.InstallPath ?? attributeDefaults.installPath,
    dataDiskPath: given?.dataDiskPath ?? given?.DataDiskPath ?? attributeDefaults.dataDiskPath,
    logDiskPath: given?.logDiskPath ?? given?.LogDiskPath ?? attributeDefaults.logDiskPath,
    operatingSystemUser: given?.operatingSystemUser ?? given?.OperatingSystemUser ?? attributeDefaults.operatingSystemUser,
    sqlPort: given?.sqlPort ?? given?.SqlPort ?? attributeDefaults.sqlPort,
    svrPort: given?.svrPort ?? given?.SvrPort ?? attributeDefaults.svrPort,
    runPath: given?.runPath ?? given?.RunPath,
    diskPathStyle: given?.diskPathStyle ?? given?.DiskPathStyle,
  }
}

/** The package file names a request gives, each once: OCP takes one for all or one a zone. */
export const rpmNamesOf = ({ rpmName, zones }: CreateRequest): string[] => [
  ...new Set([rpmName, ...zones.map((zone) => zone.rpmName)].flatMap((name) => (name ? [name] : []))),
]
