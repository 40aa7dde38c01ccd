import { createHmac, randomBytes } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { Refused } from '../errors/refused.ts'
import { say } from '../errors/say.ts'
import { Secret } from '../quote.ts'
import { secretOf } from '../secretOf.ts'
import type { Db } from './db.ts'
import type { Keys } from './key.ts'
import type { TaskWithSubtasks } from './newTask.ts'
import * as schema from './schema/index.ts'
import { secrets } from './secrets.ts'
import { tasks } from './tasks.ts'

/**
 * A client's own name for a request, and the request's text: the same twice is one request sent
 * again.
 */
export interface ClientToken {
  readonly token: string
  readonly body: string
}

const table = schema.clientTokens

/** With a secret of its own: a request is known again after the store's key was changed. */
async function digest(tx: Db, keys: Keys, body: string): Promise<string> {
  const secret = await secrets(tx, keys).getOrCreate(
    secretOf.clientTokens,
    () => new Secret(randomBytes(32).toString('base64')),
  )
  return createHmac('sha256', secret.reveal()).update(body).digest('hex')
}

/** Whether what a task made is there no more: it was rolled back, or deleted since. */
async function isGone(tx: Db, { clusterId, obproxyClusterId }: TaskWithSubtasks): Promise<boolean> {
  const { clusters, obproxyClusters } = schema
  if (clusterId !== null)
    return (await tx.select().from(clusters).where(eq(clusters.id, clusterId))).length === 0
  if (obproxyClusterId === null) return false
  return (
    (await tx.select().from(obproxyClusters).where(eq(obproxyClusters.id, obproxyClusterId)))
      .length === 0
  )
}

/**
 * The task a token was answered with, if it was and if what the task made is still there: a
 * configuration that is applied again has to exist afterwards, so a token whose cluster was rolled
 * back or deleted makes a new one. Throws Refused when the token came with another body then. The
 * token is held to the end of the transaction: of requests sent at the same time the second waits,
 * and is answered as the first was.
 */
export async function answered(
  tx: Db,
  keys: Keys,
  userId: number,
  { token, body }: ClientToken,
): Promise<TaskWithSubtasks | undefined> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`clientToken/${userId}/${token}`}, 0))`,
  )
  const row = (
    await tx
      .select()
      .from(table)
      .where(and(eq(table.userId, userId), eq(table.token, token)))
  )[0]
  if (row === undefined) return undefined
  if (row.bodyDigest !== (await digest(tx, keys, body))) {
    const reason = say`clientToken ${token} was used for another request`
    throw new Refused({ code: 'COM10005', args: [reason], field: 'clientToken', rejected: token })
  }
  const task = await tasks(tx).get(row.taskId)
  return task !== undefined && !(await isGone(tx, task)) ? task : undefined
}

/** Keeps what a token is answered with from now on. */
export async function remember(
  tx: Db,
  keys: Keys,
  userId: number,
  { token, body }: ClientToken,
  taskId: number,
): Promise<void> {
  const set = { bodyDigest: await digest(tx, keys, body), taskId }
  const target = [table.userId, table.token]
  await tx
    .insert(table)
    .values({ userId, token, ...set })
    .onConflictDoUpdate({ target, set })
}
