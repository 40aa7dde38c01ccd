import './noEval.ts'
import { stringify } from 'yaml'
import { readTopology, type Topology } from '../../../../src/topology/index.ts'
import type { Host } from '../../api/types.ts'
import { type Attributes, type Draft, emptyDraft, newKey } from './draft.ts'
import type { Inventory } from './useInventory.ts'

// Loaded when such a file is saved or read: the schema and YAML are as large as the form.

const comment = `# A cluster for obflow: obflow plan -f FILE, obflow apply -f FILE.
# Nothing secret is in it: a password is env:NAME, file:PATH or prompt, which asks for it.
# An obflow that does not know these hosts yet needs their login, and the agent's package, too.

`

/** Without what is empty; undefined when nothing is left. */
const defined = (fields: Readonly<Record<string, unknown>>) => {
  const all = Object.entries(fields).filter(([, value]) => (value ?? '') !== '')
  return all.length === 0 ? undefined : Object.fromEntries(all)
}

const regionsOf = (hosts: readonly Host[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(hosts, ({ regionName }) => regionName)].map(([region, members]) => [
      region,
      [...new Set(members.map(({ idcName }) => idcName))],
    ]),
  )

const specialOf = ({ innerIpAddress: address, sshPort, alias }: Host) => {
  const special = defined({ sshPort: sshPort === 22 ? undefined : sshPort, alias })
  return special ? [{ address, ...special }] : []
}

function clusterOf(draft: Draft, addressOf: (id: number) => string) {
  const { sqlPort, svrPort, installPath, dataDiskPath, logDiskPath, operatingSystemUser } =
    draft.attributes
  const parameters = draft.parameters.filter(({ name }) => name !== '')
  return {
    name: draft.name,
    password: 'prompt',
    ...defined({ id: draft.obClusterId, primaryZone: draft.primaryZone }),
    ...defined({ osUser: operatingSystemUser }),
    ...defined({ ports: defined({ sql: sqlPort, rpc: svrPort }) }),
    ...defined({ paths: defined({ install: installPath, data: dataDiskPath, log: logDiskPath }) }),
    ...(parameters.length > 0 && {
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    }),
    zones: draft.zones.map(({ name, idcName, servers }) => ({
      name,
      ...defined({ idc: idcName }),
      hosts: servers.map(addressOf),
    })),
  }
}

/** The cluster as a file for `obflow apply`, which asks for its secrets. */
export function topologyFileOf(draft: Draft, { hostById, obproxies }: Inventory): Blob {
  const hosts = draft.zones.flatMap(({ servers }) =>
    servers.map((id) => hostById.get(id)).filter((host) => host !== undefined),
  )
  const special = hosts.flatMap(specialOf)
  const proxy = obproxies.find(({ id }) => draft.obproxyClusterIds.includes(id))
  const topology = {
    packages: [draft.rpmName],
    regions: regionsOf(hosts),
    login: { user: 'root', privateKey: 'prompt' },
    ...(special.length > 0 && { hosts: special }),
    cluster: clusterOf(draft, (id) => hostById.get(id)?.innerIpAddress ?? ''),
    ...(proxy && {
      obproxy: {
        name: proxy.name,
        hosts: proxy.obproxies.map(({ ip }) => ip),
        mode: proxy.workMode,
      },
    }),
  }
  return new Blob([comment, stringify(topology)], { type: 'application/yaml' })
}

const attributesOf = ({ osUser, paths, ports }: Topology['cluster']): Attributes => ({
  sqlPort: ports?.sql,
  svrPort: ports?.rpc,
  installPath: paths?.install,
  dataDiskPath: paths?.data,
  logDiskPath: paths?.log,
  operatingSystemUser: osUser,
})

export interface Loaded {
  readonly draft: Draft
  /** Packages, hosts and proxies that the file names and the inventory has not. */
  readonly missing: readonly string[]
}

const fileName = (path: string): string => path.replace(/^.*\//, '')

/**
 * Reads a topology file; what it names and the inventory has not is left out and listed.
 * Throws FileError with everything that is wrong in it, line by line.
 */
export function fromTopologyFile(
  name: string,
  text: string,
  { hosts, obproxies, packages }: Inventory,
): Loaded {
  const { cluster, obproxy, packages: files } = readTopology(name, text)
  const idOf = new Map(hosts.map(({ id, innerIpAddress }) => [innerIpAddress, id]))
  const wanted = (cluster.package === undefined ? files : [cluster.package]).map(fileName)
  const server = packages.find((each) => wanted.includes(each.fileName))
  const addresses = cluster.zones.flatMap((zone) => zone.hosts)
  const proxy = obproxies.find((each) => each.name === obproxy?.name)
  const draft = {
    ...emptyDraft(),
    rpmName: server?.fileName ?? '',
    name: cluster.name,
    obClusterId: cluster.id,
    primaryZone: cluster.primaryZone === 'RANDOM' ? '' : (cluster.primaryZone ?? ''),
    attributes: attributesOf(cluster),
    obproxyClusterIds: proxy ? [proxy.id] : [],
    zones: cluster.zones.map((zone) => ({
      key: newKey(),
      name: zone.name,
      idcName: zone.idc,
      servers: zone.hosts.map((address) => idOf.get(address)).filter((id) => id !== undefined),
    })),
    parameters: Object.entries(cluster.parameters ?? {}).map(([parameter, value]) => ({
      key: newKey(),
      name: parameter,
      value: String(value),
    })),
  }
  return {
    draft,
    missing: [
      ...(server ? [] : wanted),
      ...addresses.filter((address) => !idOf.has(address)),
      ...(obproxy && !proxy ? [obproxy.name] : []),
    ],
  }
}
