import { type Config, readConfig } from '../config.ts'
import { UsageError } from './usageError.ts'

/** The configuration of an environment; a wrong one is a wrong use of the command. */
export function configOf(env: NodeJS.ProcessEnv): Config {
  try {
    return readConfig(env)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
