import { and, count, eq, ilike, inArray } from 'drizzle-orm'
import type { Db } from './db.ts'
import { containing, order, type Page, type Paging, window } from './paging.ts'
import { theRow } from './rows.ts'
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
    const { limit, offset } = window(paging)
    const sortable = { id: table.id, name: table.name, createTime: table.createTime }
    const contents = await db
      .select()
      .from(table)
      .where(where)
      .orderBy(...order(paging, sortable, table.id))
      .limit(limit)
      .offset(offset)
    return {
      contents,
      total: theRow(await db.select({ total: count() }).from(table).where(where), 'count').total,
    }
  },
})

/** `gone`, `missing`, or `used` when something still points at it. */
export type Removal = 'gone' | 'missing' | 'used'

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
      if (
        (await tx.select().from(schema.idcs).where(eq(schema.idcs.regionId, id)).limit(1)).length >
        0
      )
        return 'used'
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
      if (
        (await tx.select().from(schema.hosts).where(eq(schema.hosts.typeId, id)).limit(1)).length >
        0
      )
        return 'used'
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
      const { limit, offset } = window(paging)
      const sortable = {
        id: table.id,
        name: table.name,
        createTime: table.createTime,
        regionId: table.regionId,
      }
      const contents = await rows()
        .where(where)
        .orderBy(...order(paging, sortable, table.id))
        .limit(limit)
        .offset(offset)
      return {
        contents,
        total: theRow(await db.select({ total: count() }).from(table).where(where), 'count').total,
      }
    },
    remove: (id: number): Promise<Removal> =>
      db.transaction(async (tx) => {
        const found = await tx.select().from(table).where(eq(table.id, id)).for('update')
        if (found.length === 0) return 'missing'
        if ((await tx.select().from(hosts).where(eq(hosts.idcId, id)).limit(1)).length > 0)
          return 'used'
        await tx.delete(table).where(eq(table.id, id))
        return 'gone'
      }),
  }
}

/** The IDCs of these names that exist. */
export const idcsByName = (db: Db, names: readonly string[]): Promise<Idc[]> =>
  db
    .select(idcColumns)
    .from(schema.idcs)
    .innerJoin(schema.regions, eq(schema.regions.id, schema.idcs.regionId))
    .where(inArray(schema.idcs.name, names))
