import { and, eq, inArray } from 'drizzle-orm'
import { type Finding, Refused, refuseAny } from '../errors/refused.ts'
import { credentialFindings } from '../store/credentialRule.ts'
import type { Db } from '../store/db.ts'
import { type Creator, insertTask, type TaskWithSubtasks } from '../store/newTask.ts'
import { taskIds } from '../store/preparations.ts'
import * as schema from '../store/schema/index.ts'
import { prepareHost, prepareHosts } from './prepareHost.ts'

type HostRow = typeof schema.hosts.$inferSelect

export interface HostsRequest {
  readonly hosts: readonly { readonly innerIpAddress: string; readonly serialNumber?: string | undefined }[]
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
  readonly creator: Creator
  readonly traceId?: string | undefined
}

export interface HostsAccepted {
  readonly hostIds: readonly number[]
  /** One a host, in the order of the request. */
  readonly tasks: readonly TaskWithSubtasks[]
  /** The task that ends when all of them have: that of a single host, or one of its own. */
  readonly task: TaskWithSubtasks
}

async function objections(tx: Db, request: HostsRequest): Promise<Finding[]> {
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
  if (typeId !== undefined && (await tx.select().from(hostTypes).where(eq(hostTypes.id, typeId)).for('key share')).length === 0) {
    findings.push(missing('host type', 'typeId', typeId))
  }
  const { agentPackageId } = request
  if (agentPackageId !== undefined) {
    const agent = and(eq(packages.id, agentPackageId), eq(packages.type, 'OCP_AGENT_INSTALL_PACKAGE'))
    const [found] = await tx.select().from(packages).where(agent).for('key share')
    if (!found) findings.push(missing('agent package', 'agentPackageId', agentPackageId))
  }
  const addresses = request.hosts.map((host) => host.innerIpAddress)
  findings.push(...(await credentialFindings(tx, credentialId, { caller: request.creator, addresses })))

  const known = await tx.select({ ip: hosts.innerIpAddress }).from(hosts).where(inArray(hosts.innerIpAddress, addresses))
  const taken = new Set(known.map(({ ip }) => ip))
  for (const [index, ip] of addresses.entries()) {
    if (!taken.has(ip) && addresses.indexOf(ip) === index) continue
    const field = `hostBasicDataList[${index}].innerIpAddress`
    findings.push({ code: 'COM10006', args: ['host', ip], field, rejected: ip })
  }
  return findings
}

/** Accepts hosts in one transaction: NEW hosts, for each a task that prepares it, and one for all; or throws Refused and leaves nothing. */
export const acceptHosts = (db: Db, request: HostsRequest): Promise<HostsAccepted> =>
  db.transaction(async (tx) => {
    refuseAny(await objections(tx, request))
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
    if (rows.length < request.hosts.length) throw new Refused({ code: 'COM10005', args: ['another request adds the same hosts'] })
    const tasks: TaskWithSubtasks[] = []
    for (const host of rows) {
      const targets = { hosts: [host], zones: [] }
      tasks.push(
        await insertTask(tx, {
          workflow: 'prepareHost',
          plan: prepareHost,
          targets,
          context: { stringMap: { host_id: String(host.id) }, listMap: {} },
          creator: request.creator,
          traceId: request.traceId,
          hostId: host.id,
        }),
      )
    }
    const [only] = tasks
    const hostIds = rows.map((row) => row.id)
    if (tasks.length === 1 && only) return { hostIds, tasks, task: only }
    const task = await insertTask(tx, {
      workflow: 'prepareHosts',
      plan: prepareHosts,
      targets: { hosts: rows, zones: [] },
      context: { stringMap: {}, listMap: { host_ids: hostIds.map(String), [taskIds]: tasks.map(({ id }) => String(id)) } },
      creator: request.creator,
      traceId: request.traceId,
    })
    return { hostIds, tasks, task }
  })
