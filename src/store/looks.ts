import { randomUUID } from 'node:crypto'
import { eq, lt, sql } from 'drizzle-orm'
import type { ClusterSpec } from '../oceanbase/index.ts'
import type { Db } from './db.ts'
import * as schema from './schema/index.ts'

const { looks: table } = schema

/** A create that is only asked about, for those who look at its hosts; without its passwords. */
export interface CreateLook {
  readonly cluster: ClusterSpec
  readonly package: {
    readonly name: string
    readonly nvra: string
    readonly architecture: string
    readonly size: number
    readonly needs: readonly string[]
  }
}

/** What a dry run is to look at: kept here, so that Temporal carries only its id. */
export function looks(db: Db) {
  return {
    /** Keeps it for a worker; those that nobody came for within an hour go. */
    async put(look: CreateLook): Promise<string> {
      await db.delete(table).where(lt(table.createTime, sql`now() - interval '1 hour'`))
      const id = randomUUID()
      await db.insert(table).values({ id, look })
      return id
    },
    /** Takes it out: it is looked at once. */
    async take(id: string): Promise<CreateLook | undefined> {
      return (await db.delete(table).where(eq(table.id, id)).returning())[0]?.look
    },
  }
}
