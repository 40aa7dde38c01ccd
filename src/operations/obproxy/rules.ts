import type { Finding } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Host, Package } from '../../store/acceptance.ts'
import type * as schema from '../../store/schema/index.ts'
import { secondAddresses } from '../machineRule.ts'

type ClusterRow = typeof schema.clusters.$inferSelect
type WorkMode = typeof schema.obproxyClusters.$inferSelect.workMode

/** A cluster that proxies shall serve, as a request names it. */
export interface WantedLink {
  readonly clusterName?: string | undefined
  /** OCP's id. */
  readonly clusterId?: number | undefined
  readonly obClusterId?: number | undefined
}

const majorOf = (version: string): number => Number.parseInt(version, 10)

/** OceanBase from 4.0 on needs an OBProxy from 4.0 on. Source: OCP's error table, ODP21110. */
export const canServe = (obproxyVersion: string, obVersion: string): boolean =>
  majorOf(obVersion) < 4 || majorOf(obproxyVersion) >= 4

/** What a wanted link is found to be; a missing cluster and one that does not run are findings. */
export function linkFindings(
  links: readonly WantedLink[],
  clusters: readonly (ClusterRow | undefined)[],
  obproxyVersion: string | undefined,
  field: string,
): Finding[] {
  const seen = new Set<number>()
  return links.flatMap((link, index): Finding[] => {
    const at = (name: string, rejected: unknown) => ({
      field: `${field}[${index}].${name}`,
      rejected,
    })
    const cluster = clusters[index]
    if (cluster === undefined) {
      return link.clusterName === undefined
        ? [{ code: 'OBE11001', args: [link.clusterId ?? ''], ...at('clusterId', link.clusterId) }]
        : [{ code: 'OBE11002', args: [link.clusterName], ...at('clusterName', link.clusterName) }]
    }
    const { name, status, version } = cluster
    if (seen.has(cluster.id))
      return [
        {
          code: 'COM10001',
          args: [field, say`${name} is named twice`],
          ...at('clusterName', name),
        },
      ]
    seen.add(cluster.id)
    if (status !== 'RUNNING')
      return [{ code: 'OBE11008', args: [name, 'RUNNING'], ...at('clusterName', name) }]
    if (obproxyVersion === undefined || canServe(obproxyVersion, version)) return []
    return [{ code: 'ODP21110', args: [obproxyVersion, version], ...at('clusterName', name) }]
  })
}

/** With a list of root servers a proxy serves one cluster. */
export const tooManyLinks = (workMode: WorkMode, links: number, name: string): Finding[] =>
  workMode === 'RS_LIST' && links > 1
    ? [
        {
          code: 'COM10005',
          args: [say`OBProxy cluster ${name} works by RS_LIST and can serve one cluster only`],
          field: 'obLinks',
        },
      ]
    : []

/**
 * What stands against a proxy on each wanted host; all must be of one architecture, since one
 * package serves all.
 */
export function hostFindings(
  hostIds: readonly number[],
  hosts: ReadonlyMap<number, Host>,
): Finding[] {
  const [first] = [...hosts.values()]
  const second = secondAddresses(hostIds, hosts)
  return hostIds.flatMap((id, index): Finding[] => {
    const at = { field: `obproxyInstallParam.hostIds[${index}]`, rejected: id }
    const host = hosts.get(id)
    if (host === undefined) return [{ code: 'CMP07005', args: [id], ...at }]
    if (hostIds.indexOf(id) !== index) return [{ code: 'CMP07010', args: [id, 'OB_PROXY'], ...at }]
    const { innerIpAddress: ip, status, architecture } = host
    if (status !== 'AVAILABLE')
      return [{ code: 'CMP07004', args: [ip, status, 'AVAILABLE'], ...at }]
    const other = second.get(id)
    if (other !== undefined)
      return [
        { code: 'CMP07010', args: [say`${ip} (the same machine as ${other})`, 'OB_PROXY'], ...at },
      ]
    return architecture === first?.architecture
      ? []
      : [{ code: 'CMP07018', args: [ip, String(architecture)], ...at }]
  })
}

export const packageFindings = (
  found: Package | undefined,
  version: string | undefined,
): Finding[] => {
  if (found !== undefined) return []
  // OCP's Terraform provider gives the file name of the package.
  const name = version?.endsWith('.rpm')
    ? version
    : `obproxy${version === undefined ? '' : ` ${version}`}`
  return [
    {
      code: 'PKG10014',
      args: [name],
      field: 'obproxyInstallParam.version',
      ...(version !== undefined && { rejected: version }),
    },
  ]
}
