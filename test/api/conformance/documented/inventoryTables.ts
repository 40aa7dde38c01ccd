import type { Table } from './table.ts'
import { hostStatus, packageType, serviceType } from './words.ts'

const named = {
  id: 'integer',
  name: 'string',
  description: 'string',
  createTime: 'time',
  updateTime: 'time',
} as const

/** OCP's hosts, where they stand, and packages. */
export const inventoryTables = {
  Region: named,
  Idc: { ...named, descripiton: 'string', regionId: 'integer', regionName: 'string' },
  HostType: { ...named, descripiton: 'string' },
  Host: {
    id: 'integer',
    name: 'string',
    alias: 'string',
    description: 'string',
    operatingSystem: 'string',
    operatingSystemRelease: 'string',
    architecture: 'string',
    serialNumber: 'string',
    innerIpAddress: 'string',
    sshPort: 'integer',
    kind: ['DEDICATED_PHYSICAL_MACHINE', 'DEDICATED_CONTAINER', 'DEDICATED_ECS'],
    publishPorts: 'array',
    services: 'array',
    status: hostStatus,
    idcId: 'integer',
    idcName: 'string',
    idcDescription: 'string',
    typeId: 'integer',
    typeName: 'string',
    typeDescription: 'string',
    regionId: 'integer',
    regionName: 'string',
    regionDescription: 'string',
    hostAgentId: 'integer',
    hostAgentVersion: 'string',
    hostAgentStatus: ['AVAILABLE', 'RESTARTING', 'STOPPING', 'REINSTALLING', 'OFFLINE', 'DELETED'],
    createTime: 'time',
    updateTime: 'time',
  },
  HostService: {
    name: 'string',
    version: 'string',
    type: serviceType,
    softwarePackageId: 'integer',
  },
  /** What the Terraform provider reads of the reply to batchCreate. */
  AddedHosts: { contents: 'array', id: 'integer', hostIds: 'array' },
  SoftwarePackage: {
    id: 'integer',
    name: 'string',
    fileName: 'string',
    extension: ['rpm'],
    size: 'integer',
    sha1: 'string',
    downloadUrl: 'string',
    type: packageType,
    version: 'string',
    buildNumber: 'string',
    operatingSystem: 'string',
    architecture: 'string',
    deletable: 'boolean',
    installationDataList: 'array',
    createTime: 'time',
  },
  /** No page of OCP's has this; its installer, obd, sends it and reads the id. */
  Credential: {
    id: 'integer',
    targetType: ['HOST'],
    name: 'string',
    sshCredentialProperty: 'object',
  },
  SshCredentialProperty: {
    type: ['PASSWORD', 'PRIVATE_KEY'],
    username: 'string',
    passphrase: 'string',
  },
} as const satisfies Record<string, Table>
