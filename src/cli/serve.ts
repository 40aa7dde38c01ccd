import { once } from 'node:events'
import { startEmbedded } from '../embedded/index.ts'
import { StartError } from '../errors/startError.ts'
import { configOf } from './configOf.ts'

/** What may still be open when everything is closed is not waited for any longer. */
const lingerMs = 500

/** Everything in this process, until Ctrl-C. What runs then goes on when it is started again. */
export async function serve(env: NodeJS.ProcessEnv): Promise<boolean> {
  const config = configOf(env)
  const stop = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  const embedded = await startEmbedded(config)
  const { url, temporal, temporalUi, isolated } = embedded
  const first = config.consoleDir === undefined ? '' : `Console            ${url}/\n`
  process.stdout.write(
    `${first}API                ${url}\nTemporal           ${temporal}\nTemporal Web UI    ${temporalUi}\n`,
  )
  if (!isolated)
    process.stderr.write(
      'Other users of this machine can reach Temporal: the OS allows no network namespace (unshare --net). See docs/security.md.\n',
    )
  process.stdout.write('Ctrl-C stops it; unfinished runs go on when it is started again.\n')
  // A store of its own in PostgreSQL comes back by itself.
  const broken =
    config.databaseUrl === undefined ? embedded.broken : new Promise<never>(() => undefined)
  const why = await Promise.race([stop.then(() => undefined), broken])
  process.stderr.write(
    `Stopping${why === undefined ? '' : ` (${why})`}. What is under way goes on at the next start.\n`,
  )
  // Whoever cannot wait says so again.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await embedded.close()
  setTimeout(() => process.exit(), lingerMs).unref()
  if (why !== undefined)
    throw new StartError(`the store in ${config.dataDir} is broken (${why}): start obflow again`)
  return true
}
