import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { connectSql } from '../../src/oceanbase/index.ts'
import { createPrimaryCluster } from '../../src/plan/createCluster.ts'
import { expand } from '../../src/plan/expand.ts'
import { Secret, sql } from '../../src/quote.ts'
import { type Connection, connect } from '../../src/store/db.ts'
import { storeOver } from '../../src/store/index.ts'
import * as tables from '../../src/store/schema/index.ts'
import { dump, newKeys } from '../store/database.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { unzip } from '../support/unzip.ts'
import { leakFinder, listenToLog, type Secrets, textsIn, watchProcesses } from './leaks.ts'
import { nodeHook } from './nodeHook.ts'
import { causes, type Scene, startScene } from './scene.ts'

/** What a shell, SQL, JSON, YAML, a URL or printf would take for its own. */
const special = `'"\\$(id)\`;|&<>{}%s #é--`
const given = {
  'root@sys': `Root-11${special}`,
  'root@sys as an outsider sets it': `Outside-22${special}`,
  'root@proxysys': `Proxysys-33${special}`,
  proxyro: `Proxyro-44${special}`,
  'wrong SSH password': `Wrong-55${special}`,
  // Of the characters that OCP allows a user.
  'password of alice': 'Alice-66~!@#%^&*_-+=|(){}[]:;,./',
  'password in a refused request': `Refused-77${special}`,
}

const agentSettings = /^home\/admin\/ocp_agent\/conf\/config_properties\/\w+\.yaml$/

/** Where a secret has to lie on a host in clear, for its owner's eyes only, and why. */
const needed: readonly { readonly path: RegExp; readonly secret: string; readonly why: string }[] = [
  { path: agentSettings, secret: 'cluster/1/ocp_monitor', why: 'the agent logs in to its observer with it' },
  { path: agentSettings, secret: 'cluster/1/agent', why: 'the agent knows by it who may call it' },
]

const setSysPassword = expand(createPrimaryCluster, { hosts: [{ id: 1, ip: '' }], zones: ['zone1'] }).find(
  ({ name }) => name === 'Set sys password',
)?.index

const created = z.object({ data: z.object({ id: z.number(), obproxyClusterId: z.number().optional() }) })
const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

let scene: Scene
let dataDir: string
let connection: Connection
let finder: ReturnType<typeof leakFinder>
let seenProcesses: readonly string[]
const keys = newKeys()
const hook = nodeHook()
const log = listenToLog()
const processes = watchProcesses()
/** What was answered to calls, a text each. */
const answers: string[] = []

const hostOf = (index: number) => {
  const host = scene.lab.hosts[index]
  if (!host) throw new Error(`there is no host ${index}`)
  return host
}

/** A call whose answer is kept, to be looked through. */
async function ask(method: string, path: string, body?: object | string): Promise<string> {
  const sent = typeof body === 'object' ? JSON.stringify(body) : body
  const response = await scene.fetch(path, { method, ...(sent !== undefined && { body: sent }) })
  const bytes = Buffer.from(await response.arrayBuffer())
  const zipped = response.headers.get('content-type') === 'application/zip'
  const text = zipped ? [...unzip(bytes)].flat().join('\n') : bytes.toString()
  answers.push(text)
  return text
}

const idsOf = (answer: string) => created.parse(JSON.parse(answer)).data

/** The task as it ended; what it says of a failure is gone with the next run. */
async function ended(id: number): Promise<Task> {
  const task = await scene.ended(id)
  await ask('GET', `/api/v2/tasks/instances/${id}`)
  await ask('POST', `/api/v2/tasks/instances/${id}/downloadDiagnosis`)
  return task
}

async function succeeds(id: number): Promise<void> {
  expect(causes(await ended(id))).toBe('')
}

async function asRoot(password: string, statement: string, values: string[] = []): Promise<void> {
  const session = await createConnection({ host: hostOf(0).ip, port: 2881, user: 'root@sys', password })
  try {
    await session.query({ sql: statement, values })
  } finally {
    await session.end()
  }
}

const setRoot = 'ALTER USER root IDENTIFIED BY ?'

/** The second host is entered again, by password; the first one is wrong. */
async function addHostByPassword(): Promise<number> {
  const { admin } = scene.lab.users
  const login = { type: 'PASSWORD', username: admin.username, passphrase: given['wrong SSH password'] }
  const credential = { targetType: 'HOST', name: 'by password', sshCredentialProperty: login }
  const { id: credentialId } = idsOf(await ask('POST', '/api/v2/profiles/me/credentials', credential))
  await ask('DELETE', `/api/v2/compute/hosts/${scene.inventory.hostIds[1]}`)
  const host = { hostBasicDataList: [{ innerIpAddress: hostOf(1).ip }], idcId: 1, typeId: 1, credentialId }
  const answer = await ask('POST', '/api/v2/compute/hosts/batchCreate', host)
  const { id } = idsOf(answer)
  expect(causes(await ended(id))).toContain('refused the password of admin')
  const right = { sshCredentialProperty: { type: 'PASSWORD', passphrase: admin.password } }
  await ask('PATCH', `/api/v2/profiles/me/credentials/${credentialId}`, right)
  await ask('POST', `/api/v2/tasks/instances/${id}/retry`)
  await succeeds(id)
  return z.object({ data: z.object({ hostIds: z.tuple([z.number()]) }) }).parse(JSON.parse(answer)).data.hostIds[0]
}

async function addProxies(hostId: number): Promise<number> {
  const passwords = { password: given['root@proxysys'], proxyroPassword: given.proxyro }
  const body = { name: 'odp', workMode: 'CONFIG_URL', obproxyInstallParam: { hostIds: [hostId] }, ...passwords }
  const { id, obproxyClusterId } = idsOf(await ask('POST', '/api/v2/obproxy/clusters', body))
  await succeeds(id)
  return obproxyClusterId ?? 0
}

/** A cluster whose root is given another password behind obflow's back in the middle of its create; that is mended, and it goes on. */
async function addCluster(obproxyClusterId: number): Promise<void> {
  const foreign = given['root@sys as an outsider sets it']
  hook.set(async ({ index, when }) => {
    if (index === setSysPassword && when === 'before') await asRoot('', setRoot, [foreign])
  })
  const zones = [{ name: 'zone1', hosts: [0] }]
  const request = { name: 'zerg', password: given['root@sys'], version: '4.2.1.8', zones }
  const { id } = await scene.create({ ...request, obproxyClusterIds: [obproxyClusterId] })
  expect(causes(await ended(id))).toContain("neither with the cluster's password nor without one")
  hook.clear()
  await asRoot(foreign, setRoot, [''])
  await ask('POST', `/api/v2/tasks/instances/${id}/retry`)
  await succeeds(id)
  await asRoot(given['root@sys'], 'SELECT 1')
}

async function refusedRequests(): Promise<void> {
  const body = { type: 'PRIMARY', name: '1', password: given['password in a refused request'], rpmName: 'x', zones: [] }
  await ask('POST', '/api/v2/ob/clusters', body)
  await ask('POST', '/api/v2/ob/clusters', `${JSON.stringify(body).slice(0, -1)} "`)
  await ask('POST', '/api/v2/ob/clusters', { ...body, password: { of: body.password } })
  await ask('POST', '/api/v2/iam/users', { username: 'bob', password: body.password, roles: [] })
}

/** All that was secret in this scene: what was posted, and what the store keeps sealed, generated or not. */
async function everySecret(): Promise<Secrets> {
  const refs = await connection.db.select({ ref: tables.secrets.ref }).from(tables.secrets)
  const store = storeOver(connection, keys)
  const kept = await Promise.all(refs.map(async ({ ref }) => [ref, (await store.secrets.get(ref)).reveal()] as const))
  const [{ bytes }] = keys
  return {
    ...given,
    ...Object.fromEntries(kept),
    'password of admin': scene.adminPassword,
    'key of the store': bytes.toString('base64'),
    'key of the store, in hex': bytes.toString('hex'),
  }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'obflow-secrets-'))
  await placeEmptyDatabase(dataDir)
  connection = await connect({ dataDir })
  const obflow = { store: storeOver(connection, keys), interceptors: [hook.interceptor], logLevel: 'debug' }
  scene = await startScene({ hosts: 2, idcOf: () => 'hz1', obproxy: true, obflow })
  await refusedRequests()
  await ask('POST', '/api/v2/iam/users', { username: 'alice', password: given['password of alice'], roles: ['CLUSTER_VIEWER'] })
  // Its secret is shown this once, and in no other answer.
  await scene.send('POST', '/api/v2/profiles/me/accessKeys', {})
  await addCluster(await addProxies(await addHostByPassword()))
  seenProcesses = await processes.end()
  finder = leakFinder(await everySecret())
}, 600_000)
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]()
  await processes.end()
  log.end()
  await connection?.close()
  if (dataDir) await rm(dataDir, { recursive: true })
})

it('the search finds a secret however it is written down', () => {
  const secret = `p4ss'"\\ w0rd&é`
  const { namesIn } = leakFinder({ it: secret })
  const json = JSON.stringify({ a: [secret] })
  const forms = [
    json,
    JSON.stringify(json),
    `x=${encodeURIComponent(secret)}`,
    new URLSearchParams({ secret }).toString(),
    `'p4ss'\\''"\\ w0rd&é'`,
    `'p4ss''"\\\\ w0rd&é'`,
    ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${secret}after`).toString('base64')),
    Buffer.from(secret).toString('hex'),
    textsIn({ payloads: [{ data: Buffer.from(json) }] }),
  ]
  for (const form of forms) expect(namesIn(form), form).toEqual(['it'])
  expect(namesIn('p4ss')).toEqual([])
})

it('no process of the machine or a host was given a secret in its arguments or environment', () => {
  expect(seenProcesses.some((words) => words.includes('bin/observer'))).toBe(true)
  expect(seenProcesses.some((words) => words.includes('bin/obproxy'))).toBe(true)
  expect(seenProcesses.filter((words) => finder.namesIn(words).length > 0)).toEqual([])
})

it('no secret is in the logs of API and worker, down to debug', () => {
  expect(log.text().includes('"msg":"request completed"') && log.text().includes('Activity')).toBe(true)
  expect(finder.namesIn(log.text())).toEqual([])
})

it('no secret is in what Temporal keeps: histories, memos, search attributes, details', async () => {
  const workflows: string[] = []
  for await (const { workflowId } of scene.temporal.workflow.list()) {
    const handle = scene.temporal.workflow.getHandle(workflowId)
    const parts = [await handle.fetchHistory(), (await handle.describe()).raw, await handle.query('__temporal_workflow_metadata')]
    const text = textsIn(parts)
    expect(text.includes('activityId')).toBe(true)
    expect(finder.namesIn(text), workflowId).toEqual([])
    workflows.push(workflowId.replace(/-\d+$/, ''))
  }
  expect([...new Set(workflows)].sort()).toEqual(['create-cluster', 'create-obproxy-cluster', 'prepare-host'])
})

it('no answer tells a secret: errors, diagnoses, and every GET there is', async () => {
  const { paths } = openapi.parse(JSON.parse(await ask('GET', '/api/v2/openapi.json')))
  const list = z.object({ data: z.object({ contents: z.array(z.object({ id: z.number() })) }) })
  const tasks = list.parse(JSON.parse(await ask('GET', '/api/v2/tasks/instances?size=100'))).data.contents
  const gets = Object.entries(paths).flatMap(([path, methods]) => ('get' in methods ? [path] : []))
  const read = async (path: string) => expect((await ask('GET', path)).includes('"status":500'), path).toBe(false)
  for (const path of gets.filter((each) => !each.includes('/sys-package/'))) {
    const ids = path.includes('/tasks') ? tasks.map(({ id }) => id) : path.includes('{id}') ? [1, 2, 3] : [0]
    for (const id of ids) {
      const filled = path.replace('{id}', String(id)).replace('{zoneName}', 'zone1')
      if (!filled.includes('{subtaskId}')) await read(filled)
      else {
        const { subtasks } = (await scene.api.get(`/api/v2/tasks/instances/${id}`, taskSchema)).data
        for (const subtask of subtasks) await read(filled.replace('{subtaskId}', String(subtask.id)))
      }
    }
  }
  for (const query of ['GetObProxyConfig', 'ObRootServiceInfo&ObRegion=zerg']) await read(`/services?Action=${query}`)
  const all = answers.join('\n')
  const told = ['CMP07015', 'OBE12000', 'COM10003', 'ALTER USER', 'by password', '"username":"alice"', 'subtask_']
  expect(told.filter((part) => !all.includes(part))).toEqual([])
  expect(finder.namesIn(all)).toEqual([])
})

it('no secret is in the store in clear: neither in its tables nor in its files, nor beside them', async () => {
  expect(finder.namesIn(JSON.stringify(await dump(connection.db)))).toEqual([])
  expect(await finder.inFiles(dataDir)).toEqual([])
  expect(await finder.inFiles(scene.dataDir)).toEqual([])
})

it('on hosts a secret lies only where a program needs it, readable by its owner alone', async () => {
  const seen = new Set<(typeof needed)[number]>()
  for (const host of scene.lab.hosts) {
    const folders = [host.disk, ...['run', 'tmp', 'dev/shm', 'root', 'home'].map((name) => join(host.root, name))]
    for (const folder of folders) {
      for (const { path, name } of await finder.inFiles(folder)) {
        const where = relative(folder === host.disk ? host.disk : host.root, path)
        const entry = needed.find((each) => each.secret === name && each.path.test(where))
        expect(entry, `${name} is in ${where} of ${host.name}`).toBeDefined()
        expect((await stat(path)).mode & 0o077, where).toBe(0)
        if (entry) seen.add(entry)
      }
    }
  }
  expect([...seen]).toEqual(needed)
})

it('a server that repeats what it was told, cut anywhere, does not give a password away', async () => {
  const lines: string[] = []
  const session = await connectSql(
    { ip: hostOf(0).ip, port: 2881, username: 'root@sys', password: new Secret(given['root@sys']) },
    { signal: new AbortController().signal, log: (_, line) => lines.push(line) },
  )
  try {
    for (const length of [10, 100, 1000]) {
      const password = new Secret(`${'Long-enough-'.repeat(length)}${special}`)
      for (const statement of [
        sql`ALTER USERS root IDENTIFIED BY ${password}`,
        sql`ALTER USER BY NONSENSE root IDENTIFIED BY ${password}`,
      ]) {
        const error = await session.run(statement).catch(String)
        expect(error).toContain('1064')
        expect([error, ...lines].join()).not.toContain('ong-enou')
      }
    }
  } finally {
    await session.close()
  }
})

it('the key that a host has shown first is pinned in the store', async () => {
  const store = storeOver(connection, keys)
  const said = await hostOf(0).must(['ssh-keygen', '-l', '-f', '/etc/ssh/ssh_host_ed25519_key.pub'])
  expect(said).toContain((await store.hosts.access(1)).hostKey)
})
