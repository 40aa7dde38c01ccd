import {
  and,
  desc,
  eq,
  exists,
  getTableColumns,
  ilike,
  inArray,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type PackageSet, setOf } from '../oceanbase/index.ts'
import type { Db } from './db.ts'
import type { Removal } from './named.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import { prepared } from './prepared.ts'
import * as schema from './schema/index.ts'

export type Package = typeof schema.packages.$inferSelect
export type PackageType = Package['type']
export type NewPackage = Omit<Package, 'id' | 'createTime'>

export interface PackageFilter {
  readonly keyword?: string | undefined
  readonly type?: readonly PackageType[] | undefined
  readonly version?: readonly string[] | undefined
  readonly operatingSystem?: readonly string[] | undefined
  readonly architecture?: readonly string[] | undefined
}

// Versions and builds are numbers joined by dots, or plain text: numbers compare as numbers.
const newestFirst = (left: Package, right: Package): number =>
  right.version.localeCompare(left.version, 'en', { numeric: true }) ||
  right.buildNumber.localeCompare(left.buildNumber, 'en', { numeric: true })

/** Agents come as two products, whose versions say nothing of each other. */
const agentProductOf = ({ name }: Package): string => (name === 'obagent' ? 'obagent' : 'ocp-agent')

const part = alias(schema.packages, 'part')

const asked = alias(schema.packages, 'asked')

/** Of the build of a server package, and uploaded by somebody who may say what runs with it. */
const mayGoWith = (server: Package | typeof asked): SQL | undefined => {
  const { packages: table } = schema
  return and(
    eq(table.type, server.type),
    eq(table.version, server.version),
    eq(table.release, server.release),
    eq(table.architecture, server.architecture),
    or(eq(table.byAdmin, true), eq(table.uploaderId, server.uploaderId)),
  )
}

/** The package of a file name, and what may go with it. */
const goingWith = prepared((db) =>
  db
    .select(getTableColumns(schema.packages))
    .from(schema.packages)
    .innerJoin(asked, or(eq(schema.packages.id, asked.id), mayGoWith(asked)))
    .where(eq(asked.fileName, sql.placeholder('fileName')))
    .prepare('obflow_packages_going_with'),
)

/** `oceanbase-ce-libs` of a build is part of the set of its `oceanbase-ce`. */
const isPartOf = (one: typeof part, server: typeof schema.packages) =>
  and(
    eq(one.type, 'OB_SERVER_INSTALL_PACKAGE'),
    sql`starts_with(${one.name}, ${server.name} || '-')`,
    eq(one.version, server.version),
    eq(one.release, server.release),
    eq(one.architecture, server.architecture),
  )

/** Uploaded software packages. */
export function packages(db: Db) {
  const table = schema.packages
  return {
    /** The new package; undefined when one of that file name is there. */
    async create(values: NewPackage): Promise<Package | undefined> {
      return (await db.insert(table).values(values).onConflictDoNothing().returning())[0]
    },
    async get(id: number): Promise<Package | undefined> {
      return (await db.select().from(table).where(eq(table.id, id)))[0]
    },
    /**
     * A server package with those that are installed with it, of an ADMIN or of its own uploader:
     * nobody named them, and their scriptlets run as root.
     */
    async setOf(server: Package): Promise<PackageSet<Package>> {
      return setOf(server, await db.select().from(table).where(mayGoWith(server)))
    },
    /** The package of a file name and what `setOf` gives for it; undefined without one. */
    async withSet(
      fileName: string,
    ): Promise<{ readonly named: Package; readonly set: PackageSet<Package> } | undefined> {
      const found = await goingWith(db).execute({ fileName })
      const named = found.find((each) => each.fileName === fileName)
      return named && { named, set: setOf(named, found) }
    },
    async byFileName(fileName: string): Promise<Package | undefined> {
      return (await db.select().from(table).where(eq(table.fileName, fileName)))[0]
    },
    /**
     * The highest version of a type for an architecture, `noarch` fits all; of one version
     * (`4.2.1.0` or `4.2.1.0-11`) or file name when given.
     */
    async newest(
      type: PackageType,
      architecture: string,
      version?: string,
    ): Promise<Package | undefined> {
      const fits = and(eq(table.type, type), inArray(table.architecture, [architecture, 'noarch']))
      const found = (await db.select().from(table).where(fits)).sort(newestFirst)
      if (version === undefined) return found[0]
      return found.find(({ version: own, buildNumber, fileName }) =>
        [own, `${own}-${buildNumber}`, fileName].includes(version),
      )
    },
    /**
     * The newest agent package for a host that this task works on, of those that an ADMIN or the
     * task's creator uploaded: its scriptlets run as root there. Newest of the product that was
     * uploaded last.
     */
    async agentFor(taskId: number, architecture: string): Promise<Package | undefined> {
      const { tasks } = schema
      const creator = db.select({ id: tasks.creatorId }).from(tasks).where(eq(tasks.id, taskId))
      const fits = and(
        eq(table.type, 'OCP_AGENT_INSTALL_PACKAGE'),
        inArray(table.architecture, [architecture, 'noarch']),
        or(eq(table.byAdmin, true), inArray(table.uploaderId, creator)),
      )
      const found = await db.select().from(table).where(fits).orderBy(desc(table.id))
      const [last] = found
      if (last === undefined) return undefined
      const product = agentProductOf(last)
      return found.filter((each) => agentProductOf(each) === product).sort(newestFirst)[0]
    },
    async list(filter: PackageFilter, paging: Paging): Promise<Page<Package>> {
      const like = filter.keyword === undefined ? undefined : containing(filter.keyword)
      const where = and(
        like === undefined
          ? undefined
          : or(ilike(table.fileName, like), ilike(table.version, like)),
        filter.type === undefined ? undefined : inArray(table.type, filter.type),
        filter.version === undefined ? undefined : inArray(table.version, filter.version),
        filter.operatingSystem === undefined
          ? undefined
          : inArray(table.operatingSystem, filter.operatingSystem),
        filter.architecture === undefined
          ? undefined
          : inArray(table.architecture, filter.architecture),
      )
      const sortable = {
        id: table.id,
        name: table.name,
        version: table.version,
        createTime: table.createTime,
        size: table.size,
      }
      const rows = db
        .select()
        .from(table)
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
      return pageOf(rows, db.$count(table, where), paging)
    },
    /**
     * Which of these packages a cluster, a host service or a host's agent uses; an agent's also
     * while a task runs that may install it.
     */
    async inUse(ids: readonly number[]): Promise<ReadonlySet<number>> {
      const { clusters, hosts, hostServices, tasks } = schema
      const byCluster = await db
        .selectDistinct({ id: clusters.packageId })
        .from(clusters)
        .where(inArray(clusters.packageId, ids))
      // What is installed with a cluster's package is used with it.
      const bySet = await db
        .selectDistinct({ id: part.id })
        .from(part)
        .innerJoin(table, and(inArray(part.id, ids), isPartOf(part, table)))
        .innerJoin(clusters, eq(clusters.packageId, table.id))
      const byService = await db
        .selectDistinct({ id: hostServices.softwarePackageId })
        .from(hostServices)
        .where(inArray(hostServices.softwarePackageId, ids))
      const byHost = await db
        .selectDistinct({ id: hosts.agentPackageId })
        .from(hosts)
        .where(inArray(hosts.agentPackageId, ids))
      const version = sql`${table.version} || '-' || ${table.buildNumber}`
      const installed = exists(
        db.select({ id: hosts.id }).from(hosts).where(eq(hosts.agentVersion, version)),
      )
      // A batch's own task only waits for those that install.
      const mayInstall = and(eq(tasks.status, 'RUNNING'), ne(tasks.workflow, 'prepareHosts'))
      const installing = exists(db.select({ id: tasks.id }).from(tasks).where(mayInstall))
      const agents = and(
        inArray(table.id, ids),
        eq(table.type, 'OCP_AGENT_INSTALL_PACKAGE'),
        or(installed, installing),
      )
      const byAgent = await db.select({ id: table.id }).from(table).where(agents)
      return new Set(
        [...byCluster, ...bySet, ...byService, ...byHost, ...byAgent].flatMap(({ id }) =>
          id === null ? [] : [id],
        ),
      )
    },
    /**
     * Whether tasks wait for this package, all of them FAILED, and none has installed it: then
     * another file may take its place.
     */
    async isAwaited(id: number): Promise<boolean> {
      const { clusters, hosts, obproxyClusters, subtasks, tasks } = schema
      const agentOf = await db
        .select({ id: hosts.id, version: hosts.agentVersion })
        .from(hosts)
        .where(eq(hosts.agentPackageId, id))
      if (agentOf.some(({ version }) => version !== null)) return false
      const ofCluster = db
        .select({ id: clusters.id })
        .from(clusters)
        .innerJoin(table, eq(table.id, clusters.packageId))
        .innerJoin(part, and(eq(part.id, id), or(eq(part.id, table.id), isPartOf(part, table))))
      const ofProxies = db
        .select({ id: obproxyClusters.id })
        .from(obproxyClusters)
        .where(eq(obproxyClusters.packageId, id))
      const found = await db
        .select({ id: tasks.id, status: tasks.status })
        .from(tasks)
        .where(
          or(
            inArray(tasks.clusterId, ofCluster),
            inArray(tasks.obproxyClusterId, ofProxies),
            inArray(
              tasks.hostId,
              agentOf.map((host) => host.id),
            ),
          ),
        )
      if (found.length === 0 || found.some(({ status }) => status !== 'FAILED')) return false
      const installed = await db
        .select({ id: subtasks.id })
        .from(subtasks)
        .where(
          and(
            inArray(
              subtasks.taskId,
              found.map((task) => task.id),
            ),
            inArray(subtasks.activity, ['installRpm', 'installObproxyRpm', 'installOcpAgent']),
            eq(subtasks.status, 'SUCCESSFUL'),
          ),
        )
        .limit(1)
      return installed.length === 0
    },
    /** An ADMIN has sent the same file. */
    async vouch(id: number): Promise<void> {
      await db.update(table).set({ byAdmin: true }).where(eq(table.id, id))
    },
    /**
     * Gives an awaited package another file; the package as it was before, or undefined when it is
     * not awaited any more.
     */
    replace: (
      id: number,
      file: Pick<NewPackage, 'path' | 'sha1' | 'sha256' | 'size' | 'uploaderId' | 'byAdmin'>,
    ): Promise<Package | undefined> =>
      db.transaction(async (tx) => {
        const [before] = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (!before || !(await packages(tx).isAwaited(id))) return undefined
        await tx.update(table).set(file).where(eq(table.id, id))
        return before
      }),
    remove: (id: number): Promise<Removal | 'used'> =>
      db.transaction(async (tx) => {
        const found = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (found.length === 0) return 'missing'
        if ((await packages(tx).inUse([id])).size > 0) return 'used'
        await tx.delete(table).where(eq(table.id, id))
        return 'gone'
      }),
  }
}
