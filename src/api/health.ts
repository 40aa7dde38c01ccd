import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/index.ts'
import type { EngineHealth } from './engine/engineHealth.ts'
import type { Workflows } from './engine/launch.ts'

/** Whether all that a call may need is there, part by part. */
export interface Health extends EngineHealth {
  readonly status: 'okay' | 'bad'
  /** `full`: the disk of the data directory is. */
  readonly store: 'okay' | 'away' | 'full'
}

/** Anybody may ask, so what was found is told again for this long. */
const freshMs = 1000
const storeDeadlineMs = 2000

/** Below this a store in the data directory writes no further segment of its log. */
const roomBytes = 32 * 1024 * 1024

/** Whether the disk has room on which a directory lies, or will lie once it is made. */
async function hasRoom(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory).catch(() => statfs(dirname(directory)))
  return bavail * bsize >= roomBytes
}

async function storeHealth(store: Store, directory: string): Promise<Health['store']> {
  const answered = Promise.all([store.ping(), hasRoom(directory).catch(() => true)]).then(
    ([, room]) => (room ? ('okay' as const) : ('full' as const)),
    () => 'away' as const,
  )
  const given = new AbortController()
  try {
    return await Promise.race([
      answered,
      sleep(storeDeadlineMs, 'away' as const, { signal: given.signal }),
    ])
  } finally {
    given.abort()
  }
}

/**
 * Looks at store, Temporal and workers, for all who ask at the same time or soon after once. Never
 * throws; answers within about 2 s.
 */
export function healthCheck({
  store,
  workflows,
  directory,
}: {
  readonly store: Store
  /** On the disk that has to have room. */
  readonly directory: string
  readonly workflows: Workflows
}): () => Promise<Health> {
  const look = async (): Promise<Health> => {
    const [stored, engine] = await Promise.all([storeHealth(store, directory), workflows.health()])
    const parts = { store: stored, ...engine }
    return {
      status: Object.values(parts).every((part) => part === 'okay') ? 'okay' : 'bad',
      ...parts,
    }
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
