import type { Finding } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { attributesOf, type CreateRequest } from './request.ts'

/**
 * Fields of OCP that this system knows but cannot do, with the values it can. One that is absent or
 * null asks for nothing.
 */
const fields: {
  readonly [Field in keyof CreateRequest]?: {
    readonly taken: readonly unknown[]
    readonly why: string
  }
} = {
  vpcId: { taken: [1], why: 'only the classic network, 1' },
  vpcName: { taken: [''], why: 'only the classic network' },
  obproxyUserName: { taken: ['proxyro'], why: 'only proxyro' },
  obproxyClusterKeyList: { taken: [], why: 'there is one OCP' },
  arbitrationServiceId: { taken: [], why: 'no arbitration service' },
  oversellingFactor: { taken: [100], why: 'only 100' },
  cgroupEnabled: { taken: [true], why: 'an observer uses cgroups when its host has them' },
  createExtraTenant: { taken: [false], why: 'no tenants are created' },
  simplifiedCreateTenantParam: { taken: [], why: 'no tenants are created' },
  supportObsBackup: { taken: [false], why: 'no backup' },
  loadType: { taken: ['HTAP'], why: 'only HTAP' },
}

/** One finding that names every field of a request that is not supported, or none. */
export function unsupportedFields(request: CreateRequest): Finding[] {
  const refused = Object.entries(fields).flatMap(([field, { taken, why }]): string[] => {
    const value = Object.entries(request).find(([key]) => key === field)?.[1]
    const asksNothing =
      value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    return asksNothing || taken.includes(value) ? [] : [`${field} (${why})`]
  })
  if (attributesOf(request).diskPathStyle === 'OBD')
    refused.push('attributes.diskPathStyle (only DEFAULT)')
  const { primaryClusterInfo: primary, obproxyUserPassword, type } = request
  if (type === 'PRIMARY' && primary) refused.push('primaryClusterInfo (only for a standby cluster)')
  if (type === 'STANDBY' && obproxyUserPassword)
    refused.push("obproxyUserPassword (a standby has its primary's users)")
  if (primary?.vpcName || (primary?.vpcId ?? 1) !== 1)
    refused.push('primaryClusterInfo.vpcId (only the classic network, 1)')
  return refused.length === 0
    ? []
    : [{ code: 'COM10003', args: [say`this system does not support ${refused.join(', ')}`] }]
}
