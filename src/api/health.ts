import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/index.ts'
import type { EngineHealth } from './engineHealth.ts'
import type { Workflows } from './launch.ts'

/** Whether all that a call may need is there, part by part. */
export interface Health extends EngineHealth {
  readonly status: 'okay' | 'bad'
  readonly store: 'okay' | 'away'
}

/** Anybody may ask, so what was found is told again for this long. */
const freshMs = 1000
const storeDeadlineMs = 2000

async function storeHealth(store: Store): Promise<Health['store']> {
  const answered = store.ping().then(
    () => 'okay' as const,
    () => 'away' as const,
  )
  const given = new AbortController()
  try {
    return await Promise.race([answered, sleep(storeDeadlineMs, 'away' as const, { signal: given.signal })])
  } finally {
    given.abort()
  }
}

/** Looks at store, Temporal and workers, for all who ask at the same time or soon after once. Never throws; answers within about 2 s. */
export function healthCheck({
  store,
  workflows,
}: {
  readonly store: Store
  readonly workflows: Workflows
}): () => Promise<Health> {
  const look = async (): Promise<Health> => {
    const [stored, engine] = await Promise.all([storeHealth(store), workflows.health()])
    const parts = { store: stored, ...engine }
    return { status: Object.values(parts).every((part) => part === 'okay') ? 'okay' : 'bad', ...parts }
  }
  let found: Promise<Health> | undefined
  const forget = () => {
    found = undefined
  }
  return () => {
    found ??= look().finally(() => void setTimeout(forget, freshMs).unref())
    return found
  }
}
