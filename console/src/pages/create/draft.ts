import type { paths } from '../../api/schema.d.ts'
import type { Host } from '../../api/types.ts'

type Create = paths['/api/v2/ob/clusters']['post']
export type Request = Create['requestBody']['content']['application/json']

export interface DraftZone {
  /** Stays the same while the zone is renamed. */
  readonly key: string
  readonly name: string
  readonly idcName: string
  readonly servers: readonly number[]
}

export interface Parameter {
  readonly key: string
  readonly name: string
  readonly value: string
}

/** What the form holds. A field that is empty is left to its default. */
export interface Draft {
  readonly rpmName: string
  readonly name: string
  readonly password: string
  readonly primaryZone: string
  readonly zones: readonly DraftZone[]
  readonly attributes: Attributes
  readonly parameters: readonly Parameter[]
  readonly obproxyClusterIds: readonly number[]
  /** OceanBase's id of the primary, for a standby: name and password are the primary's too. */
  readonly standbyOf?: number | undefined
  /** OceanBase's own id of the cluster; the next free one unless told. */
  readonly obClusterId?: number | undefined
}

export interface Attributes {
  readonly sqlPort?: number | undefined
  readonly svrPort?: number | undefined
  readonly installPath?: string | undefined
  readonly dataDiskPath?: string | undefined
  readonly logDiskPath?: string | undefined
  readonly operatingSystemUser?: string | undefined
}

export const newKey = (): string => Math.random().toString(36).slice(2)

export const newZone = (number: number): DraftZone => ({
  key: newKey(),
  name: `zone${number}`,
  idcName: '',
  servers: [],
})

export const emptyDraft = (): Draft => ({
  rpmName: '',
  name: '',
  password: '',
  primaryZone: '',
  zones: [newZone(1), newZone(2), newZone(3)],
  attributes: {},
  parameters: [],
  obproxyClusterIds: [],
})

export function requestOf(draft: Draft): Request {
  const { rpmName, name, password, zones, parameters, obproxyClusterIds, standbyOf } = draft
  const attributes = Object.fromEntries(
    Object.entries(draft.attributes).filter(([, value]) => value !== undefined && value !== ''),
  )
  const named = parameters.filter((each) => each.name !== '')
  return {
    ...(standbyOf === undefined
      ? { type: 'PRIMARY', primaryZone: draft.primaryZone }
      : {
          type: 'STANDBY',
          primaryClusterInfo: { obClusterId: standbyOf, rootSysPassword: password },
        }),
    name,
    password,
    rpmName,
    ...(draft.obClusterId !== undefined && { obClusterId: draft.obClusterId }),
    zones: zones.map(({ name: zone, idcName, servers }) => ({
      name: zone,
      idcName,
      servers: [...servers],
    })),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(named.length > 0 && {
      startupParameters: named.map((each) => ({ name: each.name, value: each.value })),
    }),
    ...(obproxyClusterIds.length > 0 && { obproxyClusterIds: [...obproxyClusterIds] }),
  }
}

/** Puts a host into a zone, out of every other; a zone without an IDC takes that of its first. */
export function placeHost(draft: Draft, key: string, host: Host): Draft {
  return {
    ...draft,
    zones: draft.zones.map((zone) => {
      const servers = zone.servers.filter((id) => id !== host.id)
      return zone.key === key
        ? { ...zone, idcName: zone.idcName || host.idcName, servers: [...servers, host.id] }
        : { ...zone, servers }
    }),
  }
}
