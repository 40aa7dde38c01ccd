import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type ApiClient, createClient } from '../../src/cli/client.ts'
import { startTemporalServer } from '../../src/embedded/temporalServer.ts'
import { buildPackages, createLab, type Lab } from '../index.ts'
import { claimPort } from '../ports/claim.ts'
import { createRequest, type Inventory, registerHosts, uploadPackages } from '../scenario.ts'
import { backups, buttons, type RunButtons, remove } from './engine.ts'
import { type Instant, parseReport } from './hook.ts'
import { startPostgres } from './postgres.ts'
import { type Service, startService, untilReached } from './service.ts'

/** What runs under test: one process each, or all in one. */
export type Shape = 'processes' | 'allInOne'

export interface Stack {
  readonly lab: Lab
  readonly api: ApiClient
  readonly clusterName: string
  readonly password: string
  /** OceanBase's. */
  readonly version: string
  readonly packageBytes: number
  /** gRPC address of Temporal. */
  readonly temporal: string
  readonly crash: {
    worker(): Promise<void>
    api(): Promise<void>
    temporal(): Promise<void>
    postgres(): Promise<void>
    allInOne(): Promise<void>
    /** Temporal's database is lost with all in it. */
    temporalDatabase(): Promise<void>
    /**
     * Temporal's backup of the last call is put back, and PostgreSQL's; the first call makes one.
     */
    temporalBackup(): Promise<void>
    postgresBackup(): Promise<void>
    /** The backups of the calls so far are never put back. */
    forgetBackups(): void
  }
  /** What somebody does to the create's run in Temporal. */
  readonly buttons: RunButtons
  /** Posts the create; returns its task. */
  create(): Promise<{ readonly taskId: number; readonly clusterId: number }>
  close(): Promise<void>
}

/**
 * Decides, at an instant of a node, what happens. When it resolves the node goes on, or fails when
 * it resolves to false.
 */
export type AtInstant = (instant: Instant) => Promise<boolean>

const created = z.object({ id: z.number(), clusterId: z.number() })
const answers = z.unknown()
const notHere = (what: string) => async (): Promise<void> => {
  throw new Error(`this stack has no ${what} of its own`)
}

/**
 * Services, a lab of `hosts` hosts and its inventory, with every node stopping where `atInstant`
 * wants it.
 */
export async function startStack(
  shape: Shape,
  hosts: number,
  atInstant: AtInstant,
): Promise<Stack> {
  const closers: (() => Promise<unknown> | unknown)[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  try {
    const dir = mkdtempSync(join(tmpdir(), 'obflow-chaos-'))
    closers.push(() => rmSync(dir, { recursive: true, force: true }))
    // PostgreSQL, another user, has its folder in it.
    chmodSync(dir, 0o711)
    const lab = await createLab({ hosts })
    closers.push(() => lab.destroy())
    const admin = randomBytes(12).toString('base64url')
    const [apiPort, temporalPort, uiPort] = await Promise.all([
      claimPort(),
      claimPort(),
      claimPort(),
    ])
    const dataDir = join(dir, 'data')
    mkdirSync(dataDir)
    const env = {
      OBFLOW_DATA_DIR: dataDir,
      OBFLOW_LISTEN: `127.0.0.1:${apiPort}`,
      OBFLOW_ADMIN_PASSWORD: admin,
    }
    const services: Service[] = []
    const service = (program: string, extra: Readonly<Record<string, string>>): Service => {
      const started = startService({
        program,
        env: { ...env, ...extra },
        log: join(dir, `${basename(program, '.ts')}.log`),
        onMessage(message, answer) {
          const told = parseReport(message)
          if (told)
            void atInstant(told.instant).then((goesOn) =>
              answer(goesOn ? told.ticket : -told.ticket),
            )
        },
      })
      closers.push(() => started.close())
      services.push(started)
      return started
    }

    const crash = await startServices(shape, { dir, temporalPort, uiPort, service, closers })
    const api = createClient({ url: `http://127.0.0.1:${apiPort}`, user: 'admin', password: admin })
    await untilReached(() => api.get('/api/v2/compute/regions', answers), services)
    const packages = (await buildPackages()).filter(
      ({ name, version }) =>
        name.includes('agent') || (name === 'oceanbase' && version.startsWith('4.')),
    )
    await uploadPackages(
      api,
      packages.map(({ path }) => path),
    )
    const inventory: Inventory = await registerHosts(api, lab, (index) => `hz${index + 1}`)
    const password = randomBytes(12).toString('base64url')
    const software = packages.find(({ name }) => name === 'oceanbase')
    if (!software) throw new Error('the lab has no OceanBase 4.x')
    const rpmName = basename(software.path)
    const clusterName = 'chaos'
    return {
      lab,
      api,
      clusterName,
      password,
      version: software.version,
      packageBytes: statSync(software.path).size,
      temporal: `127.0.0.1:${temporalPort}`,
      crash,
      buttons: buttons(`127.0.0.1:${temporalPort}`, clusterName),
      async create() {
        const zones = lab.hosts.map((_, index) => ({ name: `zone${index + 1}`, hosts: [index] }))
        const body = createRequest(inventory, { name: clusterName, password, rpmName, zones })
        const { id, clusterId } = (await api.post('/api/v2/ob/clusters', body, created)).data
        return { taskId: id, clusterId }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Parts {
  readonly dir: string
  readonly temporalPort: number
  readonly uiPort: number
  readonly service: (program: string, env: Readonly<Record<string, string>>) => Service
  readonly closers: (() => Promise<unknown> | unknown)[]
}

async function startServices(
  shape: Shape,
  { dir, temporalPort, uiPort, service, closers }: Parts,
): Promise<Stack['crash']> {
  if (shape === 'allInOne') {
    const all = service('lab/chaos/allInOne.ts', {
      CHAOS_TEMPORAL_PORT: String(temporalPort),
      CHAOS_TEMPORAL_UI_PORT: String(uiPort),
    })
    const none = {
      worker: notHere('worker'),
      api: notHere('API'),
      temporal: notHere('Temporal'),
      postgres: notHere('PostgreSQL'),
      temporalDatabase: notHere('Temporal'),
      temporalBackup: notHere('Temporal'),
      postgresBackup: notHere('PostgreSQL'),
      forgetBackups: () => undefined,
    }
    return { ...none, allInOne: () => all.crash() }
  }
  const postgres = await startPostgres(join(dir, 'postgres'))
  closers.push(() => postgres.close())
  const dbFile = join(dir, 'temporal.db')
  const startTemporal = () => startTemporalServer({ dbFile, port: temporalPort, uiPort })
  const temporalBackups = backups(dbFile)
  const postgresBackups = backups(join(dir, 'postgres', 'data'))
  let temporal = await startTemporal()
  closers.push(() => temporal.close())
  const withoutTemporal = async (work: () => Promise<void>): Promise<void> => {
    await temporal.kill()
    await work()
    temporal = await startTemporal()
  }
  const env = { DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}` }
  const worker = service('lab/chaos/worker.ts', env)
  const api = service('src/server.ts', env)
  return {
    worker: () => worker.crash(),
    api: () => api.crash(),
    temporal: () => withoutTemporal(async () => undefined),
    temporalDatabase: () => withoutTemporal(() => remove(dbFile)),
    temporalBackup: () => withoutTemporal(() => temporalBackups.goBack()),
    postgres: () => postgres.restart(),
    async postgresBackup() {
      await postgres.stop()
      await postgresBackups.goBack()
      await postgres.start()
    },
    forgetBackups() {
      temporalBackups.forget()
      postgresBackups.forget()
    },
    allInOne: notHere('all-in-one process'),
  }
}
