import type { Finding } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import { attributesOf, type CreateRequest } from './request.ts'

/**
 * Fields of OCP that this system knows but cannot do, with the values it can. One that is absent or
 * null asks for nothing.
 */
const fields: {
  readonly [Field in keyof CreateRequest]?: {
    readonly taken: readonly unknown[]
    readonly why: Said
  }
} = {
  vpcId: { taken: [1], why: say`only the classic network, 1` },
  vpcName: { taken: [''], why: say`only the classic network` },
  obproxyUserName: { taken: ['proxyro'], why: say`only proxyro` },
  obproxyClusterKeyList: { taken: [], why: say`there is one OCP` },
  arbitrationServiceId: { taken: [], why: say`no arbitration service` },
  oversellingFactor: { taken: [100], why: say`only 100` },
  cgroupEnabled: { taken: [true], why: say`an observer uses cgroups when its host has them` },
  createExtraTenant: { taken: [false], why: say`no tenants are created` },
  simplifiedCreateTenantParam: { taken: [], why: say`no tenants are created` },
  supportObsBackup: { taken: [false], why: say`no backup` },
  loadType: { taken: ['HTAP'], why: say`only HTAP` },
}

/** One finding that names every field of a request that is not supported, or none. */
export function unsupportedFields(request: CreateRequest): Finding[] {
  const refused = Object.entries(fields).flatMap(([field, { taken, why }]): Said[] => {
    const value = Object.entries(request).find(([key]) => key === field)?.[1]
    const asksNothing =
      value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    return asksNothing || taken.includes(value) ? [] : [say`${field} (${why})`]
  })
  if (attributesOf(request).diskPathStyle === 'OBD')
    refused.push(say`attributes.diskPathStyle (only DEFAULT)`)
  const { primaryClusterInfo: primary, obproxyUserPassword, type } = request
  if (type === 'PRIMARY' && primary)
    refused.push(say`primaryClusterInfo (only for a standby cluster)`)
  if (type === 'STANDBY' && obproxyUserPassword)
    refused.push(say`obproxyUserPassword (a standby has its primary's users)`)
  if (primary?.vpcName || (primary?.vpcId ?? 1) !== 1)
    refused.push(say`primaryClusterInfo.vpcId (${fields.vpcId?.why})`)
  return refused.length === 0
    ? []
    : [{ code: 'COM10003', args: [say`this system does not support ${refused}`] }]
}
