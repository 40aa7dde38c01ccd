import { openConfiguredStore } from '../store/index.ts'
import { configOf } from './configOf.ts'
import { UsageError } from './usageError.ts'

/**
 * Seals all secrets of the store with the first key; every process of obflow has to have that key
 * already.
 */
export async function reseal(env: NodeJS.ProcessEnv): Promise<boolean> {
  const config = configOf(env)
  if (config.databaseUrl === undefined)
    throw new UsageError(
      'reseal needs DATABASE_URL. Without it there is no more to do: `obflow serve` seals anew when it starts.',
    )
  const store = await openConfiguredStore(config)
  try {
    const resealed = await store.reseal()
    process.stdout.write(
      `Sealed anew: ${resealed}. All secrets are sealed with the first key now.\n`,
    )
  } finally {
    await store.close()
  }
  return true
}
