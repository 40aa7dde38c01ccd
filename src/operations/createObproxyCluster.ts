import { Refused, refuseAny } from '../errors/refused.ts'
import type { Plan } from '../plan/plan.ts'
import type { Secret } from '../quote.ts'
import { secretOf } from '../secretOf.ts'
import { hosts, obproxy, packages, secrets } from '../store/acceptance.ts'
import * as schema from '../store/schema/index.ts'
import { obproxyIn } from './obproxy/inStatus.ts'
import { linkedClusters } from './obproxy/links.ts'
import { hostFindings, linkFindings, packageFindings, type WantedLink } from './obproxy/rules.ts'
import type { Operation } from './operation.ts'
import { obproxyPlan, once, perHost } from './plans.ts'

/**
 * An OBProxy cluster that is asked for: the request with its defaults filled in, its shape already
 * checked.
 */
export interface NewObproxy {
  readonly name: string
  /** Where clients go, e.g. a load balancer; the first proxy when absent. */
  readonly address?: string | undefined
  readonly port: number
  readonly workMode: 'CONFIG_URL' | 'RS_LIST'
  readonly configUrl?: string | undefined
  readonly hostIds: readonly number[]
  readonly sqlPort: number
  readonly exporterPort: number
  /** `4.2.1.0` or `4.2.1.0-11`; the newest uploaded one when absent. */
  readonly version?: string | undefined
  readonly links: readonly WantedLink[]
  readonly startupParameters: readonly { readonly name: string; readonly value: string }[]
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
  /** Of `root@proxysys`; made up when absent. */
  readonly password?: Secret | undefined
  /** Of proxyro in every cluster that is served; that of the first one when absent. */
  readonly proxyroPassword?: Secret | undefined
}

/**
 * Both ends of the task are OCP's own sample, timeouts included: 0 is a node without a limit of its
 * own.
 */
const prepare = once('Prepare obproxy install', 'prepareObproxyInstall', {
  timeout: '300s',
  undo: 'releaseObproxyCluster',
  prohibitSkip: true,
})
const finish = once('Finish node', 'finishObproxyInstall', { timeout: '0s', prohibitSkip: true })

/**
 * The nodes of OCP's "Install obproxy" in OCP's order. Source: ocp-doc V4.2.2,
 * 600.add-obproxy-1.md: a task for each host there, and one for all here. Those that only write
 * OCP's own store there have more time here, since they ask hosts. Left out is "Refresh ocp agent
 * config": no public agent has a setting about OBProxy (obagent a8c8fdf, etc/).
 */
const onHosts = obproxyPlan('Install obproxy', [
  prepare,
  perHost('Prepare create obproxy', 'prepareCreateObproxy', { timeout: '30m' }),
  perHost('Check if process not exist', 'checkProcessNotExist', { timeout: '300s' }),
  perHost('Check if command exists', 'checkCommandExists', { timeout: '300s' }),
  perHost('Install rpm by package and version', 'installObproxyRpm', {
    timeout: '1h',
    undo: 'removeObproxyRpm',
  }),
  perHost('Start obproxy process', 'startObproxy', { timeout: '10m', undo: 'stopObproxy' }),
  perHost('Sync obproxy parameter', 'syncObproxyParameter', { timeout: '5m' }),
  once('Set obproxy user and password for connect', 'linkObClusters', { timeout: '10m' }),
  perHost('Register obproxy exporter', 'registerObproxyExporter', { timeout: '5m' }),
  once('Update obproxy status', 'updateObproxyStatus', { timeout: '300s' }),
  finish,
])

/** OCP's sample is of an OBProxy cluster without proxies yet: two nodes. */
const withoutHosts = obproxyPlan('Install obproxy', [prepare, finish])

/** OCP's "Install obproxy" for a number of hosts. */
export const createObproxyClusterPlan = (hosts: number): Plan =>
  hosts === 0 ? withoutHosts : onHosts

/**
 * Makes an OBProxy cluster: hosts reserved, proxies, links and secrets written. It may have no
 * hosts yet.
 */
export const createObproxyCluster: Operation<'createObproxyCluster', NewObproxy> = {
  name: 'createObproxyCluster',
  title: onHosts.name,
  chinese: '安装 OBProxy',
  async accept({ tx, keys, request, creator }) {
    const { hostIds } = request
    const locked = await hosts(tx, keys).lockByIds(hostIds)
    const found = new Map(locked.map((host) => [host.id, host]))
    const [firstHost] = hostIds.flatMap((id) => found.get(id) ?? [])
    const rpm =
      firstHost &&
      (await packages(tx).newest(
        'OBPROXY_INSTALL_PACKAGE',
        firstHost.architecture ?? 'x86_64',
        request.version,
      ))
    const linked = await linkedClusters(tx, request.links)
    refuseAny([
      ...hostFindings(hostIds, found),
      ...(firstHost ? packageFindings(rpm, request.version) : []),
      ...linkFindings(request.links, linked, rpm?.version, 'obLinks'),
    ])
    const { name } = request
    const version = rpm ? `${rpm.version}-${rpm.buildNumber}` : null
    const id = await obproxy(tx, keys).create({
      name,
      address: request.address ?? firstHost?.innerIpAddress ?? '',
      port: request.port,
      workMode: request.workMode,
      status: 'CREATING',
      configUrl: request.configUrl ?? null,
      packageId: rpm?.id ?? null,
      startupParameters: request.startupParameters,
      parameters: request.parameters,
      creatorId: creator.id,
      creator: creator.name,
      servers: hostIds.map((hostId) => ({
        hostId,
        sqlPort: request.sqlPort,
        exporterPort: request.exporterPort,
        version,
        status: 'CREATING' as const,
      })),
    })
    if (id === undefined)
      throw new Refused({
        code: 'COM10006',
        args: ['OBProxy cluster', name],
        field: 'name',
        rejected: name,
      })
    const links = linked.flatMap((cluster) => cluster ?? [])
    if (links.length > 0) {
      const rows = links.map((cluster) => ({
        obproxyClusterId: id,
        clusterId: cluster.id,
        username: 'proxyro',
      }))
      await tx
        .insert(schema.obproxyLinks)
        .values(rows.map((row) => ({ ...row, state: 'CHANGING' as const })))
    }
    if (hostIds.length > 0) {
      const service = {
        type: 'OB_PROXY' as const,
        name,
        version,
        softwarePackageId: rpm?.id ?? null,
        clusterId: id,
      }
      await tx.insert(schema.hostServices).values(hostIds.map((hostId) => ({ hostId, ...service })))
      await hosts(tx, keys).setOnline(hostIds)
    }
    if (request.password) await secrets(tx, keys).put(secretOf.obproxy(id).root, request.password)
    if (request.proxyroPassword)
      await secrets(tx, keys).put(secretOf.obproxy(id).proxyro, request.proxyroPassword)

    const task = {
      plan: createObproxyClusterPlan(hostIds.length),
      targets: {
        hosts: hostIds.map((hostId) => ({
          id: hostId,
          ip: found.get(hostId)?.innerIpAddress ?? '',
        })),
        zones: [],
      },
      // OCP's sample has `prohibit_rollback` alone, for it has no hosts.
      context: {
        stringMap: {
          prohibit_rollback: 'false',
          obproxy_cluster_id: String(id),
          obproxy_cluster_name: name,
        },
        listMap: hostIds.length > 0 ? { host_ids: hostIds.map(String) } : {},
      },
      obproxyClusterId: id,
      afterwards: (taskId: number) => obproxy(tx, keys).setMaker(id, taskId),
    }
    return [task]
  },
  refuseRollback: obproxyIn('CREATING'),
}
