import { z } from 'zod'
import {
  agentStatuses,
  hostKinds,
  hostStatuses,
  packageTypes,
  serviceTypes,
} from '../../store/index.ts'
import { time } from './envelope.ts'
import { hostTask } from './tasks.ts'

const text = z.string().nullable()

const namedFields = {
  createTime: time,
  description: text,
  id: z.int(),
  name: z.string(),
  updateTime: time,
}
export const region = z.strictObject(namedFields).meta({ id: 'Region' })
export const hostType = z.strictObject(namedFields).meta({ id: 'HostType' })
export const idc = z
  .strictObject({ ...namedFields, regionId: z.int(), regionName: z.string() })
  .meta({ id: 'Idc' })

export const credential = z
  .strictObject({
    createTime: time,
    id: z.int(),
    name: z.string(),
    owner: z.string(),
    sharedAddresses: z.array(z.string()),
    sshCredentialProperty: z.strictObject({
      type: z.enum(['PASSWORD', 'PRIVATE_KEY']),
      username: z.string(),
    }),
    targetType: z.literal('HOST'),
    updateTime: time,
  })
  .meta({ id: 'Credential' })

export const host = z
  .strictObject({
    alias: text,
    architecture: text,
    createTime: time,
    description: text,
    hostAgentId: z.int().nullable(),
    hostAgentStatus: z.enum(agentStatuses).nullable(),
    hostAgentVersion: text,
    id: z.int(),
    idcDescription: text,
    idcId: z.int(),
    idcName: z.string(),
    innerIpAddress: z.string(),
    kind: z.enum(hostKinds),
    name: text,
    operatingSystem: text,
    operatingSystemRelease: text,
    publishPorts: z.array(z.string()).nullable(),
    regionDescription: text,
    regionId: z.int(),
    regionName: z.string(),
    serialNumber: text,
    services: z.array(
      z.strictObject({
        name: z.string(),
        softwarePackageId: z.int().nullable(),
        type: z.enum(serviceTypes),
        version: text,
      }),
    ),
    sshPort: z.int(),
    status: z.enum(hostStatuses),
    typeDescription: text,
    typeId: z.int().nullable(),
    typeName: text,
    updateTime: time,
  })
  .meta({ id: 'Host' })

/** OCP's page documents `contents`; its Terraform provider reads `id` and `hostIds`. */
export const addedHosts = z
  .strictObject({ contents: z.array(hostTask), hostIds: z.array(z.int()), id: z.int() })
  .meta({ id: 'AddedHosts' })

export const softwarePackage = z
  .strictObject({
    architecture: z.string(),
    buildNumber: z.string(),
    createTime: time,
    deletable: z.boolean(),
    downloadUrl: z.string(),
    extension: z.literal('rpm'),
    fileName: z.string(),
    id: z.int(),
    installationDataList: z.array(z.unknown()),
    name: z.string(),
    operatingSystem: z.string(),
    sha1: z.string(),
    size: z.int(),
    type: z.enum(packageTypes),
    version: z.string(),
  })
  .meta({ id: 'SoftwarePackage' })
