import {
  and,
  asc,
  eq,
  exists,
  getTableColumns,
  ilike,
  inArray,
  isNull,
  ne,
  not,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { DefiniteError } from '../errors/failure.ts'
import { Refused, refuseAny } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import type { HostAccess, HostKey, Machine } from '../host/index.ts'
import { secretOf } from '../secretOf.ts'
import { credentialFindings } from './credentialRule.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import type { Creator } from './newTask.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import { prepared } from './prepared.ts'
import { removeHosts } from './removeHosts.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'

const { hosts: table, hostServices, hostTypes, idcs, regions } = schema

export type HostService = typeof hostServices.$inferSelect
export type HostStatus = typeof table.$inferSelect.status
export type AgentStatus = NonNullable<typeof table.$inferSelect.agentStatus>

export interface Host extends Readonly<typeof table.$inferSelect> {
  readonly idcName: string
  readonly idcDescription: string | null
  readonly typeName: string | null
  readonly typeDescription: string | null
  readonly regionId: number
  readonly regionName: string
  readonly regionDescription: string | null
  readonly services: readonly HostService[]
}

export interface HostFilter {
  readonly status?: readonly HostStatus[] | undefined
  /** Part of the name, alias or address. */
  readonly keyword?: string | undefined
  readonly idcId?: readonly number[] | undefined
  readonly includedServiceType?: readonly HostService['type'][] | undefined
  readonly excludedServiceType?: readonly HostService['type'][] | undefined
}

/** A host, and which machine it was when it was last looked at. */
export interface Relative extends Machine {
  readonly id: number
  readonly ip: string
}

/** What "Prepare host" reads from a host. */
export interface HostFacts {
  readonly name?: string
  readonly operatingSystem?: string
  readonly operatingSystemRelease?: string
  readonly architecture?: string
  readonly serialNumber?: string
  /** Cores, memory, disks and whatever else was read. */
  readonly facts?: Readonly<Record<string, unknown>>
}

const columns = {
  ...getTableColumns(table),
  idcName: idcs.name,
  idcDescription: idcs.description,
  typeName: hostTypes.name,
  typeDescription: hostTypes.description,
  regionId: regions.id,
  regionName: regions.name,
  regionDescription: regions.description,
}

const rowsIn = (db: Db) =>
  db
    .select(columns)
    .from(table)
    .innerJoin(idcs, eq(idcs.id, table.idcId))
    .innerJoin(regions, eq(regions.id, idcs.regionId))
    .leftJoin(hostTypes, eq(hostTypes.id, table.typeId))

const ids = sql`any(${sql.placeholder('ids')}::integer[])`
const ofIds = (db: Db) => rowsIn(db).where(sql`${table.id} = ${ids}`).orderBy(asc(table.id))
const reading = prepared((db) => ofIds(db).prepare('obflow_hosts'))
const locking = prepared((db) =>
  ofIds(db).for('update', { of: table }).prepare('obflow_hosts_locked'),
)
const serving = prepared((db) =>
  db
    .select()
    .from(hostServices)
    .where(sql`${hostServices.hostId} = ${ids}`)
    .orderBy(asc(hostServices.id))
    .prepare('obflow_host_services'),
)

const settingOnline = prepared((db) =>
  db
    .update(table)
    .set({ status: 'ONLINE', updateTime: sql`${sql.placeholder('at')}::timestamptz` })
    .where(sql`${table.id} = ${ids}`)
    .prepare('obflow_hosts_online'),
)

type HostRow = Omit<Host, 'services'>

function withServices(found: readonly HostRow[], services: readonly HostService[]): Host[] {
  const byHost = Map.groupBy(services, (service) => service.hostId)
  return found.map((host) => ({ ...host, services: byHost.get(host.id) ?? [] }))
}

/** Hosts, what runs on them and how to reach them. */
export function hosts(db: Db, keys: Keys) {
  const byIds = async (ids: readonly number[], purpose: typeof reading): Promise<Host[]> =>
    withServices(
      ...(await Promise.all([purpose(db).execute({ ids }), serving(db).execute({ ids })])),
    )

  const servesAs = (types: readonly HostService['type'][]): SQL =>
    exists(
      db
        .select({ id: hostServices.id })
        .from(hostServices)
        .where(and(eq(hostServices.hostId, table.id), inArray(hostServices.type, types))),
    )

  return {
    async get(id: number): Promise<Host | undefined> {
      return (await byIds([id], reading))[0]
    },
    /** The hosts of these ids that exist, in order of id. */
    byIds: (ids: readonly number[]): Promise<Host[]> => byIds(ids, reading),
    /** The same, locked to the end of the transaction. */
    lockByIds: (ids: readonly number[]): Promise<Host[]> => byIds(ids, locking),
    async list(filter: HostFilter, paging: Paging): Promise<Page<Host>> {
      const like = filter.keyword === undefined ? undefined : containing(filter.keyword)
      const where = and(
        filter.status === undefined ? undefined : inArray(table.status, filter.status),
        like === undefined
          ? undefined
          : or(
              ilike(table.innerIpAddress, like),
              ilike(table.name, like),
              ilike(table.alias, like),
            ),
        filter.idcId === undefined ? undefined : inArray(table.idcId, filter.idcId),
        filter.includedServiceType === undefined ? undefined : servesAs(filter.includedServiceType),
        filter.excludedServiceType === undefined
          ? undefined
          : not(servesAs(filter.excludedServiceType)),
      )
      const sortable = {
        id: table.id,
        name: table.name,
        status: table.status,
        createTime: table.createTime,
      }
      const wanted = rowsIn(db)
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
      const { contents, total } = await pageOf(wanted, db.$count(table, where), paging)
      const ids = contents.map((host) => host.id)
      return { contents: withServices(contents, await serving(db).execute({ ids })), total }
    },
    /**
     * How to log in to a host, its password or key included. Throws DefiniteError CMP07005 when the
     * host was deleted.
     */
    async access(id: number): Promise<HostAccess> {
      const found = await db
        .select({
          id: table.id,
          ip: table.innerIpAddress,
          sshPort: table.sshPort,
          hostKey: table.hostKey,
          hostKeyType: table.hostKeyType,
          credentialId: table.credentialId,
          username: schema.credentials.username,
          type: schema.credentials.type,
        })
        .from(table)
        .innerJoin(schema.credentials, eq(schema.credentials.id, table.credentialId))
        .where(eq(table.id, id))
      const [row] = found
      if (row === undefined) {
        const message = say`host ${id} does not exist any more`
        throw new DefiniteError({
          code: 'CMP07005',
          message,
          advice: say`add it again; it will have a task of its own`,
        })
      }
      const { hostKey, hostKeyType, credentialId, type, ...access } = row
      const secret = await secrets(db, keys).get(secretOf.credential(credentialId))
      return {
        ...access,
        login: { type, secret },
        ...(hostKey !== null && { hostKey }),
        ...(hostKeyType !== null && { hostKeyType }),
      }
    },
    /**
     * Pins the key of a host seen for the first time, or notes the type of the one that is pinned;
     * another that is pinned stays.
     */
    async pinKey(id: number, { sha256, type }: HostKey): Promise<void> {
      await db
        .update(table)
        .set({ hostKey: sha256, hostKeyType: type })
        .where(and(eq(table.id, id), or(isNull(table.hostKey), eq(table.hostKey, sha256))))
    },
    /**
     * Puts another key in place of the pinned one, of whatever type it is; tells whether there is
     * such a host.
     */
    async acceptKey(id: number, sha256: string): Promise<boolean> {
      const set = { hostKey: sha256, hostKeyType: null }
      return (
        (await db.update(table).set(set).where(eq(table.id, id)).returning({ id: table.id }))
          .length > 0
      )
    },
    /**
     * Logs in with another credential from now on. Throws Refused when the caller may not use it
     * there.
     */
    setCredential: (id: number, credentialId: number, caller: Creator): Promise<void> =>
      db.transaction(async (tx) => {
        const [host] = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (host === undefined) throw new Refused({ code: 'CMP07005', args: [id] })
        refuseAny(
          await credentialFindings(tx, credentialId, { caller, addresses: [host.innerIpAddress] }),
        )
        await tx.update(table).set({ credentialId }).where(eq(table.id, id))
      }),
    async setStatus(id: number, status: HostStatus): Promise<void> {
      await db.update(table).set({ status }).where(eq(table.id, id))
    },
    /** Something is to run on these hosts. */
    async setOnline(ids: readonly number[]): Promise<void> {
      await settingOnline(db).execute({ ids, at: new Date().toISOString() })
    },
    async setFacts(id: number, facts: HostFacts): Promise<void> {
      await db
        .update(table)
        .set({ ...facts, updateTime: new Date() })
        .where(eq(table.id, id))
    },
    /** Notes which machine a host is now. */
    async setMachine(id: number, machine: Machine): Promise<void> {
      await db
        .update(table)
        .set({ machineId: machine.machineId, bootId: machine.bootId })
        .where(eq(table.id, id))
    },
    /** Other hosts that are, or were, this machine or its clones. */
    async relatives(id: number, { machineId, bootId }: Machine): Promise<Relative[]> {
      const likeIt = [
        machineId && eq(table.machineId, machineId),
        bootId && eq(table.bootId, bootId),
      ].filter((like) => like !== '')
      if (likeIt.length === 0) return []
      const found = await db
        .select({
          id: table.id,
          ip: table.innerIpAddress,
          machineId: table.machineId,
          bootId: table.bootId,
        })
        .from(table)
        .where(and(ne(table.id, id), or(...likeIt)))
        .orderBy(asc(table.id))
      return found.map((host) => ({
        ...host,
        machineId: host.machineId ?? '',
        bootId: host.bootId ?? '',
      }))
    },
    /**
     * Chooses an agent package for a host, unless one is chosen; returns the id of the one that is.
     */
    async chooseAgent(id: number, packageId: number): Promise<number | undefined> {
      const chosen = sql<number>`coalesce(${table.agentPackageId}, ${packageId})`
      const rows = await db
        .update(table)
        .set({ agentPackageId: chosen })
        .where(eq(table.id, id))
        .returning({ is: table.agentPackageId })
      return rows[0]?.is ?? undefined
    },
    /** The agent of a host; `undefined` when it has none any more. */
    async setAgent(
      id: number,
      agent: { readonly version: string; readonly status: AgentStatus } | undefined,
    ): Promise<void> {
      await db
        .update(table)
        .set({
          agentVersion: agent?.version ?? null,
          agentStatus: agent?.status ?? null,
          ...(agent === undefined && { agentPackageId: null }),
        })
        .where(eq(table.id, id))
    },
    /** Forgets hosts or throws Refused; see removeHosts.ts. */
    remove: (ids: readonly number[], fieldOf?: (index: number) => string): Promise<void> =>
      removeHosts(db, ids, fieldOf),
  }
}
