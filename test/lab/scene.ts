import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { z } from 'zod'
import { buildPackages, createLab, type Lab, type LabPackage } from '../../lab/index.ts'
import {
  createRequest,
  type Inventory,
  registerHosts,
  uploadPackages,
  type ZonePlan,
} from '../../lab/scenario.ts'
import { type ApiClient, createClient, UnreachableError } from '../../src/cli/client.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import type { EmbeddedOptions } from '../../src/embedded/index.ts'
import { roleOf } from '../../src/oceanbase/packages.ts'
import { type Served, type ServeOptions, serve } from './serve.ts'

const pollMs = 250

const created = z.object({ id: z.number(), clusterId: z.number() })

const answer = z.object({
  data: z.unknown().optional(),
  error: z.object({ code: z.string() }).optional(),
})

type Method = 'GET' | 'POST' | 'DELETE' | 'PATCH'

/**
 * obflow with hosts of a lab of its own, told of them and of the packages over HTTP. All in one, or
 * grown when the test run asks for that.
 */
export interface Scene extends AsyncDisposable {
  readonly lab: Lab
  readonly obflow: Served
  readonly api: ApiClient
  readonly inventory: Inventory
  readonly dataDir: string
  readonly temporal: Client
  /** Posts a create and returns its ids. */
  create(options: {
    readonly name: string
    readonly password: string
    readonly version: string
    readonly zones: readonly ZonePlan[]
    readonly primaryZone?: string
    readonly obproxyClusterIds?: readonly number[]
  }): Promise<z.infer<typeof created>>
  /**
   * A call that OCP's clients make and the command does not; the answer's `data`, or a rejection
   * with its error's code.
   */
  send(method: Method, path: string, body?: unknown): Promise<unknown>
  /** Password of `admin`, who makes all of these calls. */
  readonly adminPassword: string
  /** Any call with any body; the bare response. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Any call; the whole answer, envelope and all, whatever it says. */
  ask(method: Method, path: string, body?: unknown): Promise<unknown>
  task(id: number): Promise<Task>
  /** The task as it is when it no longer runs. */
  ended(id: number): Promise<Task>
}

const ocpAgent = { name: 't-oceanbase-ocp-agent', version: '4.2.0' }

export interface SceneOptions {
  readonly hosts: number
  readonly idcOf: (index: number) => string
  /** One region for all IDCs unless told. */
  readonly regionOf?: (idc: string) => string
  /** With OBProxy's packages, and an API that hosts reach: proxies ask it for their clusters. */
  readonly obproxy?: boolean
  /** Which agent's package is uploaded; OCP's from 3.2 on unless told. */
  readonly agent?: { readonly name: string; readonly version: string }
  /** What is uploaded instead of all that the lab builds; an agent has to be among it. */
  readonly packages?: readonly LabPackage[]
  /** What else obflow is started with: a store that the test looks into, hooks beside the nodes. */
  readonly obflow?: Pick<EmbeddedOptions, 'store' | 'interceptors' | 'logLevel'>
  /** Settings of obflow beside those of every scene. */
  readonly settings?: Readonly<Record<string, string>>
  /** How obflow is started when not as this test run starts it. */
  readonly serve?: (options: ServeOptions) => Promise<Served>
}

export async function startScene({
  hosts,
  idcOf,
  regionOf,
  obproxy = false,
  agent = ocpAgent,
  packages: chosen,
  obflow: extra = {},
  settings = {},
  serve: start = serve,
}: SceneOptions): Promise<Scene> {
  const cleanups: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'obflow-scene-'))
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }))
    const packages = await buildPackages(chosen)
    const lab = await createLab({ hosts })
    cleanups.push(() => lab.destroy())
    const password = randomBytes(12).toString('base64url')
    const obflow = await start({
      ...{ lab, dataDir, password, settings },
      reachable: obproxy,
      embedded: extra,
    })
    cleanups.push(() => obflow.close())
    const connection = await Connection.connect(obflow.temporal)
    cleanups.push(() => connection.close())
    const api = createClient({ url: obflow.url, user: 'admin', password })
    await uploadPackages(
      api,
      packages
        .filter(({ name }) => chosen || obproxy || !name.startsWith('obproxy'))
        .filter(
          ({ name, version }) =>
            chosen || !name.includes('agent') || (name === agent.name && version === agent.version),
        )
        .map(({ path }) => path),
    )
    const inventory = await registerHosts(api, lab, idcOf, regionOf)
    const task = async (id: number): Promise<Task> =>
      (await api.get(`/api/v2/tasks/instances/${id}`, taskSchema)).data
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
    const call = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${obflow.url}${path}`, {
        ...init,
        headers: {
          authorization,
          ...(init.body !== undefined && { 'content-type': 'application/json' }),
        },
      })
    const ask = async (method: Method, path: string, body?: unknown): Promise<unknown> =>
      (
        await call(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
      ).json()
    return {
      lab,
      obflow,
      api,
      inventory,
      dataDir,
      temporal: new Client({ connection, namespace: obflow.namespace }),
      async create({ version, obproxyClusterIds = [], ...options }) {
        const rpm = packages.find(
          (built) => roleOf(built.name) === 'server' && built.version === version,
        )
        if (!rpm) throw new Error(`the lab has no observer ${version}`)
        const body = {
          ...createRequest(inventory, { ...options, rpmName: basename(rpm.path) }),
          obproxyClusterIds,
        }
        return (await api.post('/api/v2/ob/clusters', body, created)).data
      },
      adminPassword: password,
      fetch: call,
      ask,
      async send(method, path, body) {
        const { data, error } = answer.parse(await ask(method, path, body))
        if (error) throw new Error(error.code)
        return data
      },
      task,
      async ended(id) {
        for (;;) {
          // A machine that is busy with hosts may answer late; the test's own timeout ends this.
          const now = await task(id).catch((error: unknown) => {
            if (error instanceof UnreachableError) return undefined
            throw error
          })
          if (now && now.status !== 'RUNNING') return now
          // The hosts need the processor more than this does.
          await pause(pollMs)
        }
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Why a task failed, in one text: what a test that expected success should print. */
export const causes = (task: Task): string =>
  task.subtasks
    .flatMap(({ name, error }) => (error ? [`${name}: ${error.code} ${error.message}`] : []))
    .join('\n')
