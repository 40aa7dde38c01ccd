import { once } from 'node:events'
import { startEmbedded } from '../embedded/index.ts'
import { configOf } from './configOf.ts'

/** Everything in this process, until Ctrl-C. What runs then goes on when it is started again. */
export async function serve(env: NodeJS.ProcessEnv): Promise<boolean> {
  const config = configOf(env)
  const stop = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  const embedded = await startEmbedded(config)
  const { url, temporal, temporalUi } = embedded
  process.stdout.write(`API                ${url}\nTemporal           ${temporal}\nTemporal Web UI    ${temporalUi}\n`)
  process.stdout.write('Ctrl-C stops it; unfinished runs go on when it is started again.\n')
  await stop
  await embedded.close()
  return true
}
