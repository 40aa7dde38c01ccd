import { type Attributes, type Draft, emptyDraft, newKey, requestOf } from './draft.ts'

/** The request as it would be posted, without its password. */
export function fileOf(draft: Draft): Blob {
  const { password: _, primaryClusterInfo: primary, ...shown } = requestOf(draft)
  const request = {
    ...shown,
    ...(primary && { primaryClusterInfo: { obClusterId: primary.obClusterId } }),
  }
  return new Blob([`${JSON.stringify(request, null, 2)}\n`], { type: 'application/json' })
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const fields = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])
const ids = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((each) => Number.isSafeInteger(each)) : []

function attributesOf(value: unknown): Attributes {
  if (!isFields(value)) return {}
  const words = ['installPath', 'dataDiskPath', 'logDiskPath', 'operatingSystemUser'] as const
  const ports = ['sqlPort', 'svrPort'] as const
  return Object.fromEntries([
    ...words.flatMap((key) => (typeof value[key] === 'string' ? [[key, value[key]]] : [])),
    ...ports.flatMap((key) => (typeof value[key] === 'number' ? [[key, value[key]]] : [])),
  ])
}

const primaryOf = (value: unknown): number | undefined =>
  isFields(value) && typeof value.obClusterId === 'number' ? value.obClusterId : undefined

/** Reads such a file; what is missing stays empty. Throws when it is none. */
export function draftOf(json: string): Draft {
  const request: unknown = JSON.parse(json)
  if (!isFields(request) || !Array.isArray(request.zones)) throw new Error('zones')
  return {
    ...emptyDraft(),
    rpmName: text(request.rpmName),
    name: text(request.name),
    primaryZone: text(request.primaryZone),
    attributes: attributesOf(request.attributes),
    obproxyClusterIds: ids(request.obproxyClusterIds),
    standbyOf: primaryOf(request.primaryClusterInfo),
    obClusterId: typeof request.obClusterId === 'number' ? request.obClusterId : undefined,
    zones: fields(request.zones).map((zone) => ({
      key: newKey(),
      name: text(zone.name),
      idcName: text(zone.idcName),
      servers: ids(zone.servers),
    })),
    parameters: fields(request.startupParameters).map(({ name, value }) => ({
      key: newKey(),
      name: text(name),
      value: text(value),
    })),
  }
}
