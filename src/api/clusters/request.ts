import { z } from 'zod'
import { say } from '../../errors/say.ts'
import { clusterDefaults } from '../../oceanbase/index.ts'
import { ignored } from '../http/fields.ts'
import { because } from '../http/reasons.ts'
import { key } from '../http/validation.ts'

/**
 * Names in OCP's spelling. Its Terraform provider writes `InstallPath` for `installPath`; where
 * both are given, this one counts.
 */
function camelCased(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  const other = Object.entries(given).map(([name, value]) => [
    `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    value,
  ])
  return {
    ...Object.fromEntries(other),
    ...Object.fromEntries(Object.entries(given).filter(([name]) => /^[a-z]/.test(name))),
  }
}

/** Paths, ports and the user of a cluster on its hosts. */
const attributes = z.preprocess(
  camelCased,
  z.strictObject({
    installPath: z.string().optional(),
    dataDiskPath: z.string().optional(),
    logDiskPath: z.string().optional(),
    runPath: z.string().optional(),
    diskPathStyle: z.enum(['OBD', 'DEFAULT']).optional(),
    operatingSystemUser: z.string().optional(),
    sqlPort: z.int().optional(),
    svrPort: z.int().optional(),
  }),
)

/** Hosts of one cluster: as many as OceanBase's largest known ones have, and more. */
const maxServers = 2000

const zone = z.strictObject({
  name: z.string(),
  idcName: z.string().min(1),
  /** Host ids. */
  servers: z.array(key).max(maxServers),
  rpmName: z.string().optional(),
  rootServer: key.optional(),
  architecture: z.string().optional(),
  packageOperatingSystem: z.string().optional(),
})

const zones = z
  .array(zone)
  .max(64)
  .refine(
    (all) => all.reduce((sum, { servers }) => sum + servers.length, 0) <= maxServers,
    because(say`must have at most ${maxServers} servers in all`),
  )

/** Which cluster a STANDBY is to follow, and its root@sys password. */
const primaryClusterInfo = z.strictObject({
  rootSysPassword: z.string().max(256),
  obClusterId: z.int().min(1).max(4_294_901_759),
  vpcName: z.string().nullish(),
  vpcId: z.int().nullish(),
})

/**
 * Body of `POST /api/v2/ob/clusters`: every field that OCP documents; rules.ts says which values
 * are taken.
 */
export const createRequest = z.strictObject({
  name: z.string(),
  type: z.enum(['PRIMARY', 'STANDBY']),
  password: z.string().max(256),
  rpmName: z.string().optional(),
  primaryZone: z.string().nullish(),
  zones,
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
    .regex(/^[\x21-\x7e]{8,64}$/, because(say`must have 8 to 64 visible ASCII characters`))
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
  checkId: ignored(say`checks run inside the task`),
  description: ignored(say`a cluster has no description here`),
  parameters: ignored(say`use startupParameters to set parameters at the start`),
  saveToCredential: ignored(say`there is no password box here`),
})

export type CreateRequest = z.infer<typeof createRequest>

const attributeDefaults = {
  installPath: clusterDefaults.paths.install,
  dataDiskPath: clusterDefaults.paths.data,
  logDiskPath: clusterDefaults.paths.log,
  operatingSystemUser: clusterDefaults.osUser,
  sqlPort: clusterDefaults.sqlPort,
  svrPort: clusterDefaults.rpcPort,
}

/** The attributes of a request, defaults filled in. */
export function attributesOf({ attributes: given }: CreateRequest) {
  const { runPath, diskPathStyle, ...others } = given ?? {}
  const told = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
  return { ...attributeDefaults, ...told, runPath, diskPathStyle }
}

/** The package file names a request gives, each once: OCP takes one for all or one a zone. */
export const rpmNamesOf = ({ rpmName, zones }: CreateRequest): string[] => [
  ...new Set(
    [rpmName, ...zones.map((zone) => zone.rpmName)].flatMap((name) => (name ? [name] : [])),
  ),
]
