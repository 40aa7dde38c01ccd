import { text } from 'node:stream/consumers'
import { newPassword } from '../api/auth/admin.ts'
import { hashPassword } from '../api/auth/password.ts'
import { holdDataDir } from '../embedded/index.ts'
import { StartError } from '../errors/startError.ts'
import { Secret } from '../quote.ts'
import { openConfiguredStore } from '../store/index.ts'
import { configOf } from './configOf.ts'
import { UsageError } from './usageError.ts'

/** The first line of what is piped in. */
async function givenPassword(input: NodeJS.ReadStream): Promise<Secret> {
  const [line = ''] = (await text(input)).split('\n')
  if (line === '')
    throw new UsageError('Pipe the new password in, or leave --stdin out and one is made up.')
  return new Secret(line)
}

/**
 * Gives a user a new password, on the machine that has the store: who lost it has no other way
 * back. Ends every lock-out. Without a password given, makes one up and prints it once.
 */
export async function resetPassword(
  username: string,
  { stdin, env }: { stdin: boolean; env: NodeJS.ProcessEnv },
): Promise<boolean> {
  const config = configOf(env)
  const password = stdin ? await givenPassword(process.stdin) : newPassword()
  // PGlite serves one process: obflow has to be stopped first, and is told so.
  const release = config.databaseUrl === undefined ? await holdDataDir(config.dataDir) : undefined
  try {
    const store = await openConfiguredStore(config)
    try {
      const user = await store.users.byName(username)
      if (!user) throw new StartError(`there is no user ${JSON.stringify(username)} in this store`)
      await store.users.setPasswordHash(user.id, await hashPassword(password))
      await store.loginFailures.clear()
    } finally {
      await store.close()
    }
  } finally {
    release?.()
  }
  process.stdout.write(
    stdin
      ? `The password of ${username} is set.\n`
      : `New password of ${username}: ${password.reveal()}\n`,
  )
  return true
}
