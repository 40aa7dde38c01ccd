import { and, eq, inArray } from 'drizzle-orm'
import { type Finding, Refused, refuseAny } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import { type Creator, credentialFindings, type Db, taskIds } from '../store/acceptance.ts'
import * as schema from '../store/schema/index.ts'
import type { Declared, Operation, Rule } from './operation.ts'
import { hostPlan, once } from './plans.ts'
import { lockHosts } from './uses.ts'

/**
 * OCP's "Prepare host": names, order and timeouts are its API page's own sample. One task is about
 * one host.
 */
export const prepareHostPlan = hostPlan('Prepare host', [
  once('Pre check for create host', 'preCheckHost', { timeout: '1800s' }),
  once('Uninstall legacy obagent', 'uninstallLegacyObagent', { timeout: '2100s' }),
  once('Uninstall legacy ocp agent', 'uninstallLegacyOcpAgent', { timeout: '600s' }),
  once('Install ocp agent', 'installOcpAgent', { timeout: '5400s', undo: 'removeOcpAgent' }),
  once('Update host status', 'updateHostStatus', { timeout: '1800s', prohibitSkip: true }),
])

type HostRow = typeof schema.hosts.$inferSelect

export interface HostsRequest {
  readonly hosts: readonly {
    readonly innerIpAddress: string
    readonly serialNumber?: string | undefined
  }[]
  readonly sshPort: number
  readonly kind: HostRow['kind']
  readonly publishPorts?: readonly string[] | undefined
  readonly idcId: number
  readonly typeId?: number | undefined
  readonly credentialId: number
  /** The agent package that they get; absent: see agentPackage.ts. */
  readonly agentPackageId?: number | undefined
  readonly alias?: string | undefined
  readonly description?: string | undefined
}

async function objections(tx: Db, request: HostsRequest, creator: Creator): Promise<Finding[]> {
  const findings: Finding[] = []
  const { idcs, hostTypes, hosts, packages } = schema
  const missing = (what: string, field: string, id: number): Finding => ({
    code: 'COM10002',
    args: [what, id],
    field,
    rejected: id,
  })
  const { idcId, typeId, credentialId } = request
  // The weaker lock keeps what is pointed at from being deleted before this transaction ends.
  const idc = await tx.select().from(idcs).where(eq(idcs.id, idcId)).for('key share')
  if (idc.length === 0) findings.push(missing('IDC', 'idcId', idcId))
  if (
    typeId !== undefined &&
    (await tx.select().from(hostTypes).where(eq(hostTypes.id, typeId)).for('key share')).length ===
      0
  ) {
    findings.push(missing('host type', 'typeId', typeId))
  }
  const { agentPackageId } = request
  if (agentPackageId !== undefined) {
    const agent = and(
      eq(packages.id, agentPackageId),
      eq(packages.type, 'OCP_AGENT_INSTALL_PACKAGE'),
    )
    const [found] = await tx.select().from(packages).where(agent).for('key share')
    if (!found) findings.push(missing('agent package', 'agentPackageId', agentPackageId))
  }
  const addresses = request.hosts.map((host) => host.innerIpAddress)
  findings.push(...(await credentialFindings(tx, credentialId, { caller: creator, addresses })))

  const known = await tx
    .select({ ip: hosts.innerIpAddress })
    .from(hosts)
    .where(inArray(hosts.innerIpAddress, addresses))
  const taken = new Set(known.map(({ ip }) => ip))
  for (const [index, ip] of addresses.entries()) {
    if (!taken.has(ip) && addresses.indexOf(ip) === index) continue
    const field = `hostBasicDataList[${index}].innerIpAddress`
    findings.push({ code: 'COM10006', args: ['host', ip], field, rejected: ip })
  }
  return findings
}

/**
 * The task that stands for several hosts added by one call: it ends when all of theirs have. Each
 * host keeps a task of its own, as OCP answers them, so that one is retried or rolled back without
 * the others. Its timeout is the sum of a host's.
 */
export const prepareHostsPlan = hostPlan(
  'Prepare hosts',
  [once('Wait for hosts', 'awaitHosts', { timeout: '11700s' })],
  {
    prohibitRollback: true,
  },
)

/** What is asked for by adding several hosts; never by itself. */
export const prepareHosts: Declared<'prepareHosts'> = {
  name: 'prepareHosts',
  title: prepareHostsPlan.name,
  chinese: '准备多台主机',
}

/** A host that is prepared keeps its agent until it is removed. */
const refuseRollback: Rule = async (tx, { hostId }) => {
  const [host] = await lockHosts(tx, hostId === null ? [] : [hostId])
  if (host === undefined) throw new Refused({ code: 'CMP07005', args: [hostId ?? ''] })
  const { hostServices } = schema
  const services = await tx
    .select()
    .from(hostServices)
    .where(eq(hostServices.hostId, host.id))
    .limit(1)
  if (services.length > 0 || (host.status !== 'NEW' && host.status !== 'OFFLINE')) {
    throw new Refused({ code: 'CMP07006', args: [host.innerIpAddress] })
  }
}

const refuseRetry: Rule = async (tx, { hostId }) => {
  if (hostId === null) return
  const [host] = await lockHosts(tx, [hostId])
  if (host === undefined) throw new Refused({ code: 'CMP07005', args: [hostId] })
}

/** Adds NEW hosts, and for each a task that prepares it. */
export const prepareHost: Operation<'prepareHost', HostsRequest> = {
  name: 'prepareHost',
  title: prepareHostPlan.name,
  chinese: '准备主机',
  async accept({ tx, request, creator }) {
    refuseAny(await objections(tx, request, creator))
    const rows = await tx
      .insert(schema.hosts)
      .values(
        request.hosts.map(({ innerIpAddress, serialNumber }) => ({
          innerIpAddress,
          serialNumber,
          sshPort: request.sshPort,
          kind: request.kind,
          publishPorts: request.publishPorts,
          idcId: request.idcId,
          typeId: request.typeId,
          credentialId: request.credentialId,
          agentPackageId: request.agentPackageId,
          alias: request.alias,
          description: request.description,
          status: 'NEW' as const,
        })),
      )
      .onConflictDoNothing()
      .returning({ id: schema.hosts.id, ip: schema.hosts.innerIpAddress })
    if (rows.length < request.hosts.length)
      throw new Refused({ code: 'COM10005', args: [say`another request adds the same hosts`] })
    return rows.map((host) => ({
      plan: prepareHostPlan,
      targets: { hosts: [host], zones: [] },
      context: { stringMap: { host_id: String(host.id) }, listMap: {} },
      hostId: host.id,
    }))
  },
  together: (tasks) => {
    const hosts = tasks.flatMap((task) => task.targets.hosts)
    const listMap = {
      host_ids: hosts.map(({ id }) => String(id)),
      [taskIds]: tasks.map(({ id }) => String(id)),
    }
    const context = { stringMap: {}, listMap }
    return {
      of: prepareHosts,
      work: { plan: prepareHostsPlan, targets: { hosts, zones: [] }, context },
    }
  },
  refuseRollback,
  refuseRetry,
}
