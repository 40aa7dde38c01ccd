import { type ApiAccess, type ApiClient, createClient } from './client.ts'
import { readProfiles } from './profiles.ts'
import { UsageError } from './usageError.ts'

export const defaultUrl = 'http://127.0.0.1:8080'

interface Choice {
  readonly env: NodeJS.ProcessEnv
  /** `--profile`. */
  readonly profile?: string | undefined
}

const urlOf = (text: string): string => {
  if (!URL.canParse(text)) throw new UsageError(`OBFLOW_URL is no URL: ${text}`)
  return text
}

/**
 * Where the API is and as whom to ask: a profile that is named, else OBFLOW_* when a password or an
 * address is there, else the profile of the last login. A stored password never goes to an address
 * that the environment names.
 */
export function accessOf({ env, profile }: Choice): ApiAccess {
  const named = profile ?? env.OBFLOW_PROFILE
  const { current, profiles } = readProfiles(env)
  if (named) {
    const found = profiles[named]
    if (!found)
      throw new UsageError(`There is no profile "${named}": obflow login --profile ${named}.`)
    return found
  }
  if (env.OBFLOW_PASSWORD)
    return {
      url: urlOf(env.OBFLOW_URL || defaultUrl),
      user: env.OBFLOW_USER || 'admin',
      password: env.OBFLOW_PASSWORD,
    }
  const found = env.OBFLOW_URL || env.OBFLOW_USER ? undefined : profiles[current]
  if (!found)
    throw new UsageError('Run "obflow login", or set OBFLOW_PASSWORD to the password of the API.')
  return found
}

export const connect = async (choice: Choice): Promise<ApiClient> => createClient(accessOf(choice))
