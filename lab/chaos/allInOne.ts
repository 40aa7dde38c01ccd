import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/embedded/index.ts'
import { stopAtInstants } from './hook.ts'

/** `obflow serve`, with nodes that stop where the driver wants them. */
const port = (name: string): number => Number(process.env[name])
process.once('disconnect', () => process.exit(1))
await startEmbedded(readConfig(process.env), {
  logLevel: 'error',
  temporalPort: port('CHAOS_TEMPORAL_PORT'),
  temporalUiPort: port('CHAOS_TEMPORAL_UI_PORT'),
  interceptors: [stopAtInstants],
})
