import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Login, Topology } from '../../topology/index.ts'
import type { ApiClient } from '../client.ts'
import * as kinds from '../resources/kinds.ts'
import { listed, namesakes, type Resource } from '../resources/resource.ts'
import { UsageError } from '../usageError.ts'
import type { TopologyFile } from './topologyFile.ts'

type Of<Kind> = Kind extends Resource<infer Item> ? Item : never
export type Uploaded = Of<typeof kinds.softwarePackage>
export type KnownHost = Of<typeof kinds.host>
export type KnownCluster = Of<typeof kinds.cluster>
export type KnownObproxy = Of<typeof kinds.obproxy>

/** A package that a topology names: a file here, an uploaded one, or both. */
export interface WantedPackage {
  readonly fileName: string
  /** Name of the rpm, e.g. `oceanbase-ce`. */
  readonly name: string
  readonly path?: string
  readonly uploaded?: Uploaded
}

export interface WantedHost {
  readonly address: string
  readonly idc: string
  readonly sshPort: number
  readonly alias?: string | undefined
  readonly login: Login
  /** Name under which obflow keeps the login. */
  readonly credential: string
  /** For people: `zone1`, `proxy`. */
  readonly role: string
}

/** What of a topology is there already, by name. */
export interface World {
  readonly packages: readonly WantedPackage[]
  readonly regions: ReadonlyMap<string, number>
  readonly idcs: ReadonlyMap<string, number>
  readonly credentials: ReadonlyMap<string, number>
  readonly hosts: ReadonlyMap<string, KnownHost>
  readonly cluster: KnownCluster | undefined
  readonly obproxy: KnownObproxy | undefined
}

/** Where an IDC is, by the file. */
export const regionOf = ({ regions }: Topology, idc: string): string =>
  Object.entries(regions ?? {}).find(([, idcs]) => idcs.includes(idc))?.[0] ?? 'default'

/** Every host of a topology, once. */
export function hostsOf({ cluster, hosts = [], login, obproxy }: Topology): WantedHost[] {
  const special = new Map(hosts.map((each) => [each.address, each]))
  const placed = [
    ...cluster.zones.flatMap((zone) =>
      zone.hosts.map((address) => ({ address, idc: zone.idc, role: zone.name })),
    ),
    ...(obproxy?.hosts ?? []).map((address) => ({
      address,
      idc: obproxy?.idc ?? '',
      role: 'proxy',
    })),
  ]
  const first = placed.filter(
    ({ address }, index) => placed.findIndex((other) => other.address === address) === index,
  )
  return first.map(({ address, ...where }) => {
    const own = special.get(address)
    const used = own?.login ?? login
    // The schema has seen to it that every host has one.
    if (used === undefined) throw new TypeError(`no login for ${address}`)
    const credential =
      used.credential ??
      (own?.login === undefined ? `${used.user}@${cluster.name}` : `${used.user}@${address}`)
    return {
      address,
      ...where,
      sshPort: own?.sshPort ?? 22,
      alias: own?.alias,
      login: used,
      credential,
    }
  })
}

async function sha1Of(path: string): Promise<string> {
  const hash = createHash('sha1')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

async function packageOf(
  word: string,
  folder: string,
  uploaded: readonly Uploaded[],
): Promise<WantedPackage> {
  const path = resolve(folder, word)
  const fileName = basename(word)
  const known = uploaded.find((each) => each.fileName === fileName)
  if (!isFile(path)) {
    if (known) return { fileName, name: known.name, uploaded: known }
    throw new UsageError(
      `packages: there is no file ${path}, and no package ${fileName} was uploaded.`,
    )
  }
  if (known) {
    const same = known.size === statSync(path).size && known.sha1 === (await sha1Of(path))
    if (same) return { fileName, name: known.name, path, uploaded: known }
    throw new UsageError(
      `packages: ${path} is not the ${fileName} that was uploaded: obflow package rm ${fileName}, or name another file.`,
    )
  }
  // Loaded when needed: what is uploaded already is not read.
  const { NotAnRpm, readRpm } = await import('../../api/packages/rpm.ts')
  try {
    return { fileName, name: (await readRpm(path)).name, path }
  } catch (error) {
    if (error instanceof NotAnRpm)
      throw new UsageError(`packages: ${path} is not a usable rpm: ${error.message}.`)
    throw error
  }
}

/** Names that are there, with their ids. */
async function idsOf<Item extends { readonly id: number; readonly name: string }>(
  client: ApiClient,
  kind: Resource<Item>,
): Promise<Map<string, number>> {
  return new Map((await listed(client, kind)).map(({ id, name }) => [name, id]))
}

/** Looks up, by names, what is there of a topology. */
export async function lookUp(
  client: ApiClient,
  { folder, topology }: TopologyFile,
): Promise<World> {
  const wanted = new Set(hostsOf(topology).map(({ address }) => address))
  const [uploaded, regions, idcs, credentials, hosts, clusters, proxies] = await Promise.all([
    listed(client, kinds.softwarePackage),
    idsOf(client, kinds.region),
    idsOf(client, kinds.idc),
    idsOf(client, kinds.credential),
    listed(client, kinds.host),
    namesakes(client, kinds.cluster, topology.cluster.name),
    topology.obproxy ? namesakes(client, kinds.obproxy, topology.obproxy.name) : [],
  ])
  const packages = []
  for (const word of topology.packages) packages.push(await packageOf(word, folder, uploaded))
  return {
    packages,
    regions,
    idcs,
    credentials,
    hosts: new Map(
      hosts
        .filter(({ innerIpAddress }) => wanted.has(innerIpAddress))
        .map((host) => [host.innerIpAddress, host]),
    ),
    cluster: clusters[0],
    obproxy: proxies[0],
  }
}
