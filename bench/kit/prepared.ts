import { sql } from 'drizzle-orm'
import type { Store } from '../../src/store/index.ts'

/**
 * Takes the preparation of hosts for done: they were added to the store alone, and an API would have
 * it carried out.
 */
export async function takeForPrepared(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.execute(sql`update tasks set status = 'SUCCESSFUL', finish_time = now(), told_revision = accepted_revision
      where workflow like 'prepareHost%' and told_revision < accepted_revision`)
  })
}
