import { join } from 'node:path'
import type { ConnectionOptions, TLSConfig } from '@temporalio/client'
import { type Project, startProject } from '../../lab/grown/index.ts'
import type { Lab } from '../../lab/index.ts'
import { readConfig } from '../../src/config.ts'
import { type EmbeddedOptions, startEmbedded } from '../../src/embedded/index.ts'
import { bundle } from '../support/bundle.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'

/** obflow under test. */
export interface Served {
  readonly url: string
  /** How to reach Temporal, and the namespace of obflow's runs. */
  readonly temporal: ConnectionOptions
  readonly namespace: string
  close(): Promise<void>
}

export interface ServeOptions {
  readonly lab: Lab
  readonly dataDir: string
  /** Of the user admin. */
  readonly password: string
  /** Whether hosts have to reach the API. */
  readonly reachable: boolean
  readonly settings: Readonly<Record<string, string>>
  readonly embedded: Pick<EmbeddedOptions, 'store' | 'interceptors' | 'logLevel'>
}

/**
 * The stack that this test run is about: all in one, or what docker-compose.yml starts (`make
 * grown`).
 */
export const serve = (options: ServeOptions): Promise<Served> =>
  process.env.OBFLOW_STACK === 'grown' ? serveGrown(options) : serveEmbedded(options)

async function serveEmbedded({
  lab,
  dataDir,
  password,
  reachable,
  settings,
  embedded,
}: ServeOptions): Promise<Served> {
  await placeEmptyDatabase(dataDir)
  const listen = reachable ? lab.subnet.replace(/0\/24$/, '1:0') : '127.0.0.1:0'
  const config = readConfig({
    ...settings,
    OBFLOW_DATA_DIR: dataDir,
    OBFLOW_LISTEN: listen,
    OBFLOW_ADMIN_PASSWORD: password,
    OBFLOW_WORKFLOW_BUNDLE: bundle().codePath,
  })
  const options = {
    keepRuns: false,
    temporalPort: 0,
    temporalUiPort: 0,
    logLevel: 'error',
    ...embedded,
  }
  const obflow = await startEmbedded(config, options)
  return {
    url: obflow.url,
    temporal: { address: obflow.temporal },
    namespace: 'default',
    close: () => obflow.close(),
  }
}

/** docker-compose.yml as people use it. */
const composeFile = join(import.meta.dirname, '../../docker-compose.yml')

export interface Grown {
  /** Compose files laid over docker-compose.yml, and what `.env` would say. */
  readonly files?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What Temporal asks of its clients, of the test too. */
  readonly tls?: TLSConfig
}

/** What docker-compose.yml starts, with two APIs and two workers. */
export async function serveGrown(
  { lab, password, embedded }: ServeOptions,
  { files = [], env = {}, tls }: Grown = {},
): Promise<Served & { readonly project: Project }> {
  if (Object.keys(embedded).length > 0)
    throw new Error('nothing of a test runs inside the processes of a grown stack')
  const project = await startProject({
    lab,
    files: [composeFile, ...files],
    env: {
      TEMPORAL_DB_PASSWORD: 'of-temporal',
      OBFLOW_DB_PASSWORD: 'of-obflow',
      ...env,
      OBFLOW_ADMIN_PASSWORD: password,
    },
    scale: { api: 2, worker: 2 },
  })
  return {
    project,
    url: `http://${project.container('api').ip}:8080`,
    temporal: { address: `${project.container('temporal').ip}:7233`, ...(tls && { tls }) },
    namespace: 'obflow',
    close: () => project.close(),
  }
}
