import { and, eq, ilike, type SQL, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { containing, order, type Page, type Paging, pageOf } from './paging.ts'
import { prepared } from './prepared.ts'
import * as schema from './schema/index.ts'

export interface Named {
  readonly name: string
  readonly description?: string | null | undefined
}

export type Region = typeof schema.regions.$inferSelect
export type HostType = typeof schema.hostTypes.$inferSelect

/** Regions and host types: a name that is given once, and a description. */
const namedRows = (db: Db, table: typeof schema.regions | typeof schema.hostTypes) => ({
  /** The new row; undefined when the name is taken. */
  async create({ name, description }: Named): Promise<Region | undefined> {
    return (
      await db.insert(table).values({ name, description }).onConflictDoNothing().returning()
    )[0]
  },
  async get(id: number): Promise<Region | undefined> {
    return (await db.select().from(table).where(eq(table.id, id)))[0]
  },
  async list(
    { keyword }: { readonly keyword?: string | undefined },
    paging: Paging,
  ): Promise<Page<Region>> {
    const where = keyword === undefined ? undefined : ilike(table.name, containing(keyword))
    const sortable = { id: table.id, name: table.name, createTime: table.createTime }
    const rows = db
      .select()
      .from(table)
      .where(where)
      .orderBy(...order(paging, sortable, table.id))
    return pageOf(rows, db.$count(table, where), paging)
  },
})

/** What still points at the thing: it stays. */
export interface Used {
  /** E.g. `IDC hz1` or `host 10.0.0.1 and 3 more`. */
  readonly by: string
}
export type Removal = 'gone' | 'missing' | Used

/** Some of what points at a thing, by name; undefined when nothing does. */
export const usedBy = (kind: string, names: readonly string[]): Used | undefined => {
  const [first, ...others] = names
  if (first === undefined) return undefined
  return { by: `${kind} ${first}${others.length > 0 ? ` and ${others.length} more` : ''}` }
}

/** The hosts that a condition finds, as what keeps a thing from being removed. */
export const usedByHosts = async (db: Db, where: SQL): Promise<Used | undefined> => {
  const { innerIpAddress: ip, id } = schema.hosts
  const found = await db.select({ ip }).from(schema.hosts).where(where).orderBy(id)
  return usedBy(
    'host',
    found.map((host) => host.ip),
  )
}

export const regions = (db: Db) => ({
  ...namedRows(db, schema.regions),
  remove: (id: number): Promise<Removal> =>
    db.transaction(async (tx) => {
      // Locked, so that nothing can begin to point at it meanwhile: a foreign key takes the weaker
      // lock of the same row.
      const found = await tx
        .select()
        .from(schema.regions)
        .where(eq(schema.regions.id, id))
        .for('update')
      if (found.length === 0) return 'missing'
      const within = await tx.select().from(schema.idcs).where(eq(schema.idcs.regionId, id))
      const used = usedBy(
        'IDC',
        within.map(({ name }) => name),
      )
      if (used) return used
      await tx.delete(schema.regions).where(eq(schema.regions.id, id))
      return 'gone'
    }),
})

export const hostTypes = (db: Db) => ({
  ...namedRows(db, schema.hostTypes),
  remove: (id: number): Promise<Removal> =>
    db.transaction(async (tx) => {
      const found = await tx
        .select()
        .from(schema.hostTypes)
        .where(eq(schema.hostTypes.id, id))
        .for('update')
      if (found.length === 0) return 'missing'
      const used = await usedByHosts(tx, eq(schema.hosts.typeId, id))
      if (used) return used
      await tx.delete(schema.hostTypes).where(eq(schema.hostTypes.id, id))
      return 'gone'
    }),
})

export type Idc = typeof schema.idcs.$inferSelect & { readonly regionName: string }

const idcColumns = {
  id: schema.idcs.id,
  name: schema.idcs.name,
  description: schema.idcs.description,
  regionId: schema.idcs.regionId,
  regionName: schema.regions.name,
  createTime: schema.idcs.createTime,
  updateTime: schema.idcs.updateTime,
}

/** Data centres, each in a region. */
export const idcs = (db: Db) => {
  const { idcs: table, regions: parents, hosts } = schema
  const rows = () =>
    db.select(idcColumns).from(table).innerJoin(parents, eq(parents.id, table.regionId))
  const get = async (id: number): Promise<Idc | undefined> =>
    (await rows().where(eq(table.id, id)))[0]
  return {
    get,
    /** The new IDC; `taken` when the name is, `noRegion` when the region is not there. */
    create: (idc: Named & { readonly regionId: number }): Promise<Idc | 'taken' | 'noRegion'> =>
      db.transaction(async (tx) => {
        const region = (
          await tx.select().from(parents).where(eq(parents.id, idc.regionId)).for('key share')
        )[0]
        if (region === undefined) return 'noRegion'
        const values = { name: idc.name, description: idc.description, regionId: idc.regionId }
        const row = (await tx.insert(table).values(values).onConflictDoNothing().returning())[0]
        return row === undefined ? 'taken' : { ...row, regionName: region.name }
      }),
    async list(
      { keyword }: { readonly keyword?: string | undefined },
      paging: Paging,
    ): Promise<Page<Idc>> {
      const where = keyword === undefined ? undefined : and(ilike(table.name, containing(keyword)))
      const sortable = {
        id: table.id,
        name: table.name,
        createTime: table.createTime,
        regionId: table.regionId,
      }
      const wanted = rows()
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
      return pageOf(wanted, db.$count(table, where), paging)
    },
    remove: (id: number): Promise<Removal> =>
      db.transaction(async (tx) => {
        const found = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (found.length === 0) return 'missing'
        const used = await usedByHosts(tx, eq(hosts.idcId, id))
        if (used) return used
        await tx.delete(table).where(eq(table.id, id))
        return 'gone'
      }),
  }
}

const idcsNamed = prepared((db) =>
  db
    .select(idcColumns)
    .from(schema.idcs)
    .innerJoin(schema.regions, eq(schema.regions.id, schema.idcs.regionId))
    .where(sql`${schema.idcs.name} = any(${sql.placeholder('names')}::text[])`)
    .prepare('obflow_idcs_named'),
)

/** The IDCs of these names that exist. */
export const idcsByName = (db: Db, names: readonly string[]): Promise<Idc[]> =>
  idcsNamed(db).execute({ names })
