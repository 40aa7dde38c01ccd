import { z } from 'zod'
import type { Topology } from '../../topology/index.ts'
import * as kinds from '../resources/kinds.ts'
import { findingLines, isRefused, plannedCreate } from '../resources/rehearsal.ts'
import { UsageError } from '../usageError.ts'
import { waitFor } from '../wait.ts'
import { newestTask } from './inventorySteps.ts'
import { idIn, type Progress, type Step } from './step.ts'
import type { KnownCluster, WantedPackage, World } from './world.ts'

const made = z.object({ id: z.number() })
const nothing = z.unknown()

/** The package that brings observer. Throws UsageError when the file names none, or several. */
export async function serverOf(
  { cluster }: Topology,
  packages: readonly WantedPackage[],
): Promise<WantedPackage> {
  // Loaded when needed: it brings SSH and all checks with it.
  const { roleOf } = await import('../../oceanbase/index.ts')
  const servers = packages.filter(({ name }) => roleOf(name) === 'server')
  const [only, ...others] =
    cluster.package === undefined
      ? servers
      : servers.filter(({ fileName }) => fileName === cluster.package)
  if (only === undefined)
    throw new UsageError(
      cluster.package === undefined
        ? 'packages: none of them is a server package, e.g. oceanbase-ce: name one.'
        : `cluster.package: ${cluster.package} is no server package among packages: name it there, too.`,
    )
  if (others.length > 0)
    throw new UsageError(
      `packages: there are several server packages; say which with cluster.package: ${only.fileName}`,
    )
  return only
}

const listOf = (parameters: Topology['cluster']['parameters']) =>
  Object.entries(parameters ?? {}).map(([name, value]) => ({ name, value: String(value) }))

const defined = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** The body of `POST /api/v2/ob/clusters`. */
function createBody(
  { cluster }: Topology,
  hosts: ReadonlyMap<string, number>,
  { rpmName, password }: { readonly rpmName: string; readonly password: string },
) {
  const { id, name, osUser, parameters, paths, ports, primaryZone, zones } = cluster
  return {
    type: 'PRIMARY',
    name,
    password,
    rpmName,
    primaryZone: primaryZone === 'RANDOM' ? '' : (primaryZone ?? ''),
    zones: zones.map((zone) => ({
      name: zone.name,
      idcName: zone.idc,
      servers: zone.hosts.map((address) => idIn(hosts, address)),
    })),
    startupParameters: listOf(parameters),
    attributes: defined({
      installPath: paths?.install,
      dataDiskPath: paths?.data,
      logDiskPath: paths?.log,
      operatingSystemUser: osUser,
      sqlPort: ports?.sql,
      svrPort: ports?.rpc,
    }),
    ...(id !== undefined && { obClusterId: id }),
  }
}

/** Of a look that has nobody to ask: it meets every rule for passwords. */
const placeholder = 'Aa11--obflow-plan'

export const rootPassword = ({ secrets, file }: Pick<Progress, 'secrets' | 'file'>) =>
  secrets.read(
    file.topology.cluster.password,
    `Password of root@sys in ${file.topology.cluster.name}`,
  )

interface Looking {
  /** Ask for what is asked for, or look with a password that meets every rule. */
  readonly ask: boolean
}

/** What the API would say to the create, hosts looked at. */
export async function precheck(progress: Progress, server: WantedPackage, { ask }: Looking) {
  const { client, file, hosts } = progress
  const known = ask || file.topology.cluster.password !== 'prompt'
  const password = known ? (await rootPassword(progress)).reveal() : placeholder
  const body = createBody(file.topology, hosts, { rpmName: server.fileName, password })
  return (await client.post(`${kinds.cluster.path}?dryRun=true`, body, plannedCreate)).data
}

/** Why the cluster that is there is not the one that the file describes. */
function differences({ cluster }: Topology, there: KnownCluster): string[] {
  const wanted = new Map(
    cluster.zones.map((zone) => [zone.name, [...zone.hosts].sort().join(', ')]),
  )
  const has = new Map(
    there.zones.map((zone) => [
      zone.name,
      zone.servers
        .map(({ ip }) => ip)
        .sort()
        .join(', '),
    ]),
  )
  return [...new Set([...wanted.keys(), ...has.keys()])]
    .filter((name) => wanted.get(name) !== has.get(name))
    .map((name) => `${name} has ${has.get(name) ?? 'no host'}, not ${wanted.get(name) ?? 'none'}`)
}

/** Goes on with the newest task: watches one that runs, retries one that failed. */
async function goOnWith(
  { client, context, file }: Progress,
  about: Parameters<typeof newestTask>[1],
  name: string,
) {
  const task = await newestTask(client, about)
  if (task === undefined) throw new UsageError(`${name} is not ready, and no task works on it.`)
  if (task.operation === 'ROLLBACK') {
    const call = task.status === 'FAILED' ? 'retry' : 'watch'
    context.note(`${name} is being rolled back. First: obflow task ${call} ${task.id}`)
    return 'failed'
  }
  if (task.status === 'FAILED') {
    await client.post(`${kinds.task.path}/${task.id}/retry`, {}, nothing)
    context.note(
      `It goes on as it was begun; to begin anew with a changed file: obflow destroy -f ${file.path}`,
    )
  }
  return waitFor(context, task.id)
}

export function clusterStep(topology: Topology, { cluster }: World, server: WantedPackage): Step {
  const { name, zones } = topology.cluster
  const step = { kind: 'cluster', name }
  if (cluster === undefined) {
    const hosts = zones.flatMap((zone) => zone.hosts).length
    return {
      ...step,
      action: 'make',
      detail: `${zones.length} zones, ${hosts} hosts, ${server.fileName}`,
      async run(progress) {
        const { client, context, file, hosts } = progress
        if (!progress.checked) {
          const found = await precheck(progress, server, { ask: true })
          for (const line of findingLines(found, client.url)) context.note(line)
          if (isRefused(found)) return 'failed'
        }
        const password = (await rootPassword(progress)).reveal()
        const body = createBody(file.topology, hosts, { rpmName: server.fileName, password })
        return waitFor(context, (await client.post(kinds.cluster.path, body, made)).data.id)
      },
    }
  }
  const { id, status } = cluster
  const different = differences(topology, cluster)
  if (different.length > 0)
    return {
      ...step,
      action: 'differs',
      detail: `${different.join('; ')}. A cluster that is there is not changed by obflow apply.`,
    }
  if (status === 'RUNNING') return { ...step, action: 'keep', detail: 'is RUNNING' }
  return {
    ...step,
    action: 'goOn',
    detail: `is ${status}`,
    run: (progress) => goOnWith(progress, { clusterId: id }, name),
  }
}

function newObproxy(wanted: NonNullable<Topology['obproxy']>): Step {
  const { hosts, mode, name, parameters, password, ports } = wanted
  return {
    action: 'make',
    kind: 'obproxy',
    name,
    detail: `${mode} on ${hosts.join(', ')}`,
    async run(progress) {
      const { client, context, file, packages, secrets } = progress
      const rpm = [...packages.values()].find(({ type }) => type === 'OBPROXY_INSTALL_PACKAGE')
      const own = password && (await secrets.read(password, `Password of root@proxysys in ${name}`))
      const body = {
        name,
        workMode: mode,
        ...(ports?.sql !== undefined && { port: ports.sql }),
        obproxyInstallParam: {
          hostIds: hosts.map((address) => idIn(progress.hosts, address)),
          ...defined({ sqlPort: ports?.sql, exporterPort: ports?.exporter, rpcPort: ports?.rpc }),
          ...(rpm && { version: rpm.fileName }),
        },
        obLinks: [{ clusterName: file.topology.cluster.name }],
        parameters: listOf(parameters),
        ...(own && { password: own.reveal() }),
      }
      return waitFor(context, (await client.post(kinds.obproxy.path, body, made)).data.id)
    },
  }
}

export function obproxySteps({ cluster, obproxy: wanted }: Topology, { obproxy }: World): Step[] {
  if (wanted === undefined) return []
  if (obproxy === undefined) return [newObproxy(wanted)]
  const step = { kind: 'obproxy', name: wanted.name }
  if (obproxy.status !== 'RUNNING')
    return [
      {
        ...step,
        action: 'goOn',
        detail: `is ${obproxy.status}`,
        run: (progress) => goOnWith(progress, { obproxyClusterId: obproxy.id }, wanted.name),
      },
    ]
  const has = obproxy.obproxies
    .map(({ ip }) => ip)
    .sort()
    .join(', ')
  const asked = [...wanted.hosts].sort().join(', ')
  if (has !== asked)
    return [
      {
        ...step,
        action: 'differs',
        detail: `runs on ${has}, not ${asked}. Proxies that are there are not changed by obflow apply.`,
      },
    ]
  if (obproxy.obLinks.some(({ clusterName }) => clusterName === cluster.name))
    return [{ ...step, action: 'keep', detail: 'is RUNNING' }]
  return [
    {
      ...step,
      action: 'make',
      detail: `serves ${cluster.name}`,
      async run({ client, context }) {
        const path = `${kinds.obproxy.path}/${obproxy.id}/obLinks/batchAdd?wait=false`
        const { data } = await client.post(path, [{ clusterName: cluster.name }], made)
        return waitFor(context, data.id)
      },
    },
  ]
}
