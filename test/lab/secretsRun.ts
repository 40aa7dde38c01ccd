import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Task } from '../../src/cli/taskSchema.ts'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import type { SecretRef } from '../../src/secretOf.ts'
import { type Connection, connect } from '../../src/store/db.ts'
import { type Store, storeOver } from '../../src/store/index.ts'
import * as tables from '../../src/store/schema/index.ts'
import { newKeys } from '../store/database.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { unzip } from '../support/unzip.ts'
import { Collector } from '../tracing/collector.ts'
import { listenToLog, type Secrets, watchProcesses } from './leaks.ts'
import { nodeHook } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

/** What a shell, SQL, JSON, YAML, a URL or printf would take for its own. */
export const special = `'"\\$(id)\`;|&<>{}%s #é--`

/** The passwords that this run posts, by what they are for. */
export const given = {
  'root@sys': `Root-11${special}`,
  'root@sys as an outsider sets it': `Outside-22${special}`,
  'root@proxysys': `Proxysys-33${special}`,
  proxyro: `Proxyro-44${special}`,
  'wrong SSH password': `Wrong-55${special}`,
  // Of the characters that OCP allows a user.
  'password of alice': 'Alice-66~!@#%^&*_-+=|(){}[]:;,./',
  'password in a refused request': `Refused-77${special}`,
}

/** A run in which every secret there is was used, and all that it left behind. */
export interface SecretsRun extends AsyncDisposable {
  readonly scene: Scene
  readonly connection: Connection
  readonly store: Store
  readonly dataDir: string
  /** What was answered to calls, a text each. */
  readonly answers: readonly string[]
  /** A call whose answer is kept, to be looked through. */
  readonly ask: Ask
  /** What API and worker logged until now, down to debug. */
  readonly logged: () => string
  /** The spans of all of it, and the task of the create. */
  readonly collector: Collector
  readonly createTask: number
  /** Arguments and environment of every process that was seen. */
  readonly processes: readonly string[]
  /** All that was secret: what was posted, and what the store keeps sealed, generated or not. */
  readonly secrets: Secrets
}

type Ask = (method: string, path: string, body?: object | string) => Promise<string>

/** What its parts work with. */
interface Stage {
  readonly scene: Scene
  readonly hook: ReturnType<typeof nodeHook>
  readonly ask: Ask
}

const setSysPassword = expand(createClusterPlan, {
  hosts: [{ id: 1, ip: '' }],
  zones: ['zone1'],
}).find(({ name }) => name === 'Set sys password')?.index

const created = z.object({
  data: z.object({ id: z.number(), obproxyClusterId: z.number().optional() }),
})
const idsOf = (answer: string) => created.parse(JSON.parse(answer)).data

/**
 * Adds a host and proxies, creates a cluster, each with failures on the way, and posts what is
 * refused.
 */
export async function startSecretsRun(): Promise<SecretsRun> {
  await using stack = new AsyncDisposableStack()
  const log = listenToLog()
  stack.defer(() => log.end())
  const watch = watchProcesses()
  stack.defer(async () => void (await watch.end()))
  const dataDir = await mkdtemp(join(tmpdir(), 'obflow-secrets-'))
  stack.defer(() => rm(dataDir, { recursive: true }))
  await placeEmptyDatabase(dataDir)
  const connection = await connect({ dataDir })
  stack.defer(() => connection.close())
  const keys = newKeys()
  const hook = nodeHook()
  const obflow = {
    store: storeOver(connection, keys),
    interceptors: [hook.interceptor],
    logLevel: 'debug',
  }
  const collector = stack.use(await Collector.start())
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const idcOf = () => 'hz1'
  const scene = stack.use(await startScene({ hosts: 2, idcOf, obproxy: true, obflow, settings }))
  const answers: string[] = []
  const stage = { scene, hook, ask: askingOf(scene, answers) }
  await refusedRequests(stage)
  await stage.ask('POST', '/api/v2/iam/users', {
    username: 'alice',
    password: given['password of alice'],
    roles: ['CLUSTER_VIEWER'],
  })
  // Its secret is shown this once, and in no other answer.
  await scene.send('POST', '/api/v2/profiles/me/accessKeys', {})
  const createTask = await addCluster(
    stage,
    await addProxies(stage, await addHostByPassword(stage)),
  )
  const [{ bytes }] = keys
  const secrets = {
    ...given,
    ...(await sealed(connection, obflow.store)),
    'password of admin': scene.adminPassword,
    'key of the store': bytes.toString('base64'),
    'key of the store, in hex': bytes.toString('hex'),
  }
  const processes = await watch.end()
  const kept = stack.move()
  return {
    ...{
      scene,
      collector,
      createTask,
      connection,
      store: obflow.store,
      dataDir,
      answers,
      ask: stage.ask,
      logged: () => log.text(),
      processes,
      secrets,
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const askingOf =
  (scene: Scene, answers: string[]): Ask =>
  async (method, path, body) => {
    const sent = typeof body === 'object' ? JSON.stringify(body) : body
    const response = await scene.fetch(path, { method, ...(sent !== undefined && { body: sent }) })
    const bytes = Buffer.from(await response.arrayBuffer())
    const zipped = response.headers.get('content-type') === 'application/zip'
    const text = zipped ? [...unzip(bytes)].flat().join('\n') : bytes.toString()
    answers.push(text)
    return text
  }

/** The task as it ended; what it says of a failure is gone with the next run. */
async function ended({ scene, ask }: Stage, id: number): Promise<Task> {
  const task = await scene.ended(id)
  await ask('GET', `/api/v2/tasks/instances/${id}`)
  await ask('POST', `/api/v2/tasks/instances/${id}/downloadDiagnosis`)
  return task
}

async function succeeds(stage: Stage, id: number): Promise<void> {
  expect(causes(await ended(stage, id))).toBe('')
}

async function asRoot(
  { scene }: Stage,
  password: string,
  statement: string,
  values: string[] = [],
): Promise<void> {
  const session = await createConnection({
    host: scene.lab.hosts[0]?.ip ?? '',
    port: 2881,
    user: 'root@sys',
    password,
  })
  try {
    await session.query({ sql: statement, values })
  } finally {
    await session.end()
  }
}

const setRoot = 'ALTER USER root IDENTIFIED BY ?'

/** The second host is entered again, by password; the first one is wrong. */
async function addHostByPassword(stage: Stage): Promise<number> {
  const { scene, ask } = stage
  const { admin } = scene.lab.users
  const login = {
    type: 'PASSWORD',
    username: admin.username,
    passphrase: given['wrong SSH password'],
  }
  const credential = { targetType: 'HOST', name: 'by password', sshCredentialProperty: login }
  const { id: credentialId } = idsOf(
    await ask('POST', '/api/v2/profiles/me/credentials', credential),
  )
  await ask('DELETE', `/api/v2/compute/hosts/${scene.inventory.hostIds[1]}`)
  const host = {
    hostBasicDataList: [{ innerIpAddress: scene.lab.hosts[1]?.ip }],
    idcId: 1,
    typeId: 1,
    credentialId,
  }
  const answer = await ask('POST', '/api/v2/compute/hosts/batchCreate', host)
  const { id } = idsOf(answer)
  expect(causes(await ended(stage, id))).toContain('refused the password of admin')
  const right = { sshCredentialProperty: { type: 'PASSWORD', passphrase: admin.password } }
  await ask('PATCH', `/api/v2/profiles/me/credentials/${credentialId}`, right)
  await ask('POST', `/api/v2/tasks/instances/${id}/retry`)
  await succeeds(stage, id)
  return z.object({ data: z.object({ hostIds: z.tuple([z.number()]) }) }).parse(JSON.parse(answer))
    .data.hostIds[0]
}

async function addProxies(stage: Stage, hostId: number): Promise<number> {
  const passwords = { password: given['root@proxysys'], proxyroPassword: given.proxyro }
  const body = {
    name: 'odp',
    workMode: 'CONFIG_URL',
    obproxyInstallParam: { hostIds: [hostId] },
    ...passwords,
  }
  const { id, obproxyClusterId } = idsOf(await stage.ask('POST', '/api/v2/obproxy/clusters', body))
  await succeeds(stage, id)
  return obproxyClusterId ?? 0
}

/**
 * A cluster whose root is given another password behind obflow's back in the middle of its create;
 * that is mended, and it goes on.
 */
async function addCluster(stage: Stage, obproxyClusterId: number): Promise<number> {
  const { scene, hook, ask } = stage
  const foreign = given['root@sys as an outsider sets it']
  hook.set(async ({ index, when }) => {
    if (index === setSysPassword && when === 'before') await asRoot(stage, '', setRoot, [foreign])
  })
  const zones = [{ name: 'zone1', hosts: [0] }]
  const request = { name: 'zerg', password: given['root@sys'], version: '4.2.1.8', zones }
  const { id } = await scene.create({ ...request, obproxyClusterIds: [obproxyClusterId] })
  expect(causes(await ended(stage, id))).toContain(
    "neither with the cluster's password nor without one",
  )
  hook.clear()
  await asRoot(stage, foreign, setRoot, [''])
  await ask('POST', `/api/v2/tasks/instances/${id}/retry`)
  await succeeds(stage, id)
  await asRoot(stage, given['root@sys'], 'SELECT 1')
  return id
}

async function refusedRequests({ ask }: Stage): Promise<void> {
  const body = {
    type: 'PRIMARY',
    name: '1',
    password: given['password in a refused request'],
    rpmName: 'x',
    zones: [],
  }
  await ask('POST', '/api/v2/ob/clusters', body)
  await ask('POST', '/api/v2/ob/clusters', `${JSON.stringify(body).slice(0, -1)} "`)
  await ask('POST', '/api/v2/ob/clusters', { ...body, password: { of: body.password } })
  await ask('POST', '/api/v2/iam/users', { username: 'bob', password: body.password, roles: [] })
}

async function sealed({ db }: Connection, store: Store): Promise<Secrets> {
  const refs = await db.select({ ref: tables.secrets.ref }).from(tables.secrets)
  return Object.fromEntries(
    await Promise.all(
      refs.map(
        async ({ ref }) => [ref, (await store.secrets.get(ref as SecretRef)).reveal()] as const,
      ),
    ),
  )
}
