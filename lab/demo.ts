import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { z } from 'zod'
import { type ApiClient, createClient } from '../src/cli/client.ts'
import { watchTask } from '../src/cli/watch.ts'
import { readConfig } from '../src/config.ts'
import { type Embedded, startEmbedded } from '../src/embedded/index.ts'
import { buildPackages, createLab, type Lab } from './index.ts'
import { createRequest, registerHosts, uploadPackages } from './scenario.ts'

/**
 * `make demo`: from nothing to a cluster of three zones on three hosts, in front of your eyes. Its
 * state stays in .data/demo until a create has ended.
 */
const dir = join('.data', 'demo')
const exitWhenDone = process.env.DEMO_EXIT === '1'
const clusterName = 'terran'
const apiPort = Number(process.env.DEMO_PORT ?? 8080)

const secretFile = async (name: string): Promise<string> => {
  const path = join(dir, name)
  await writeFile(path, randomBytes(12).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    () => undefined,
  )
  return readFileSync(path, 'utf8')
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const taskList = z.object({
  contents: z.array(z.object({ id: z.number(), name: z.string(), status: z.string() })),
})
const created = z.object({ id: z.number(), clusterId: z.number() })
const clusterReply = z.object({ id: z.number(), status: z.string(), name: z.string() })
const clusterList = z.object({ contents: z.array(clusterReply) })

interface Create {
  readonly taskId: number
  readonly clusterId: number
}

/** The create that an earlier, interrupted demo left unfinished. */
async function unfinished(api: ApiClient): Promise<Create | undefined> {
  const tasks = (
    await api.get('/api/v2/tasks/instances?name=Create%20primary&status=RUNNING,FAILED', taskList)
  ).data.contents
  const clusters = (await api.get('/api/v2/ob/clusters', clusterList)).data.contents
  const [task] = tasks
  const cluster = clusters.find(({ name }) => name === clusterName)
  return task && cluster && { taskId: task.id, clusterId: cluster.id }
}

async function post(api: ApiClient, lab: Lab, password: string): Promise<Create> {
  const packages = await buildPackages()
  const chosen = packages.filter(
    ({ name, version }) =>
      (name === 'oceanbase' && version.startsWith('4.')) || name.includes('agent'),
  )
  const rpm = chosen.find(({ name }) => name === 'oceanbase')
  if (!rpm) throw new Error('the lab has no package of OceanBase 4.x')
  await uploadPackages(
    api,
    chosen.map(({ path }) => path),
  )
  const inventory = await registerHosts(api, lab, (index) => `hz${index + 1}`)
  const zones = lab.hosts.map((_, index) => ({ name: `zone${index + 1}`, hosts: [index] }))
  const rpmName = rpm.path.split('/').at(-1) ?? ''
  const body = createRequest(inventory, { name: clusterName, password, rpmName, zones })
  const { id, clusterId } = (await api.post('/api/v2/ob/clusters', body, created)).data
  return { taskId: id, clusterId }
}

async function select(lab: Lab, password: string): Promise<string> {
  const connection = await createConnection({
    host: lab.hosts[0]?.ip ?? '',
    port: 2881,
    user: 'root@sys',
    password,
  })
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version')
    return (
      z
        .array(z.object({ version: z.string() }))
        .min(1)
        .parse(rows)[0]?.version ?? ''
    )
  } finally {
    await connection.end()
  }
}

async function show(
  lab: Lab,
  obflow: Embedded,
  adminPassword: string,
  rootPassword: string,
): Promise<boolean> {
  say(`Console: ${obflow.url}/ (user admin, password in ${join(dir, 'admin.password')})`)
  const api = createClient({ url: obflow.url, user: 'admin', password: adminPassword })
  const left = await unfinished(api)
  if (left)
    say(`Going on with the create of ${clusterName} that was interrupted (task ${left.taskId}).`)
  const create = left ?? (await post(api, lab, rootPassword))
  say(`This run: ${obflow.url}/tasks/${create.taskId}`)
  const page = await obflow.runUi(create.taskId)
  say(`Temporal Web UI of this run: ${page}`)
  const startedAt = Date.now()
  const task = await watchTask({
    client: api,
    taskId: create.taskId,
    signal: stopping.signal,
    follow: !exitWhenDone,
  })
  const seconds = (Date.now() - startedAt) / 1000
  const cluster = (await api.get(`/api/v2/ob/clusters/${create.clusterId}`, clusterReply)).data
  const works = task.status === 'SUCCESSFUL' && cluster.status === 'RUNNING'
  if (works)
    say(`SELECT VERSION() as root@sys with the posted password: ${await select(lab, rootPassword)}`)
  say('')
  say(`Console        ${obflow.url}/`)
  say(
    `API            ${obflow.url}/api/v2   (user admin, password in ${join(dir, 'admin.password')})`,
  )
  say(`Temporal UI    ${obflow.temporalUi}`)
  say(
    `Connect        MYSQL_PWD="$(cat ${join(dir, 'root.password')})" mysql -h ${lab.hosts[0]?.ip} -P 2881 -u root@sys`,
  )
  say(
    JSON.stringify({
      taskId: create.taskId,
      taskStatus: task.status,
      clusterId: create.clusterId,
      clusterStatus: cluster.status,
      subtasks: task.subtasks.length,
      seconds: Math.round(seconds * 10) / 10,
      temporalUi: page,
    }),
  )
  return works
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))
const stopped = new Promise<void>((resolve) =>
  stopping.signal.addEventListener('abort', () => resolve()),
)

await mkdir(dir, { recursive: true, mode: 0o700 })
const adminPassword = await secretFile('admin.password')
const rootPassword = await secretFile('root.password')
const config = readConfig({
  ...process.env,
  OBFLOW_DATA_DIR: dir,
  OBFLOW_LISTEN: `127.0.0.1:${apiPort}`,
  OBFLOW_ADMIN_PASSWORD: adminPassword,
})
let lab: Lab | undefined
let obflow: Embedded | undefined
let finished = false
try {
  ;[lab, obflow] = await Promise.all([
    createLab({ hosts: 3, name: 'demo', keep: true, dir: join(dir, 'lab') }),
    startEmbedded(config),
  ])
  finished = await show(lab, obflow, adminPassword, rootPassword)
  if (exitWhenDone) process.exitCode = finished ? 0 : 1
  else {
    say('Serving until Ctrl-C.')
    await stopped
  }
} catch (error) {
  if (!stopping.signal.aborted) throw error
} finally {
  await obflow?.close()
  await lab?.destroy()
  // What ended well starts anew next time; what did not goes on.
  if (finished) await rm(dir, { recursive: true, force: true })
}
