import { access, constants, readdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { attackTemporal } from './onTemporal.ts'
import { type Attempt, attemptTo, type Target, target } from './target.ts'

// Another user of the machine: loaded as whoever starts it, then nobody.

const nobody = 65_534

/** The server's first bytes, whatever it speaks. */
const bytesOf = (door: string, hello: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const [host, port] = door.split(':')
    const socket = connect(Number(port), host, () => socket.write(hello))
    socket.setTimeout(4000, () => socket.destroy(new Error('silent')))
    socket.on('data', (data) => {
      resolve(data.toString('latin1').slice(0, 60))
      socket.destroy()
    })
    socket.on('error', reject).on('close', () => reject(new Error('closed')))
  })

/** Hosts to post under: the door's, a page's own, and the one that Temporal's dev server takes. */
const hostNames = (door: string): readonly string[] => [door, 'evil.example', 'no host']

interface Post {
  readonly door: string
  readonly path: string
  readonly host: string
  readonly body: unknown
}

const post = ({ door, path, host, body }: Post): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain', origin: 'http://evil.example', host }
    const init = { method: 'POST', headers, timeout: 4000 }
    const asked = request(`http://${door}${path}`, init, (answer) => {
      answer.resume()
      if ((answer.statusCode ?? 500) < 300) resolve(answer.statusCode ?? 0)
      else reject(new Error(`status ${answer.statusCode}`))
    })
    asked.on('error', reject).on('timeout', () => asked.destroy(new Error('silent')))
    asked.end(JSON.stringify(body))
  })

/** Logs in where PostgreSQL listens, with what somebody may have left it at. */
async function attackPostgres(door: string): Promise<Attempt[]> {
  const [host, port] = door.split(':')
  const users = ['postgres', 'temporal', 'obflow']
  const logins = users.flatMap((user) =>
    ['', user, 'postgres'].map((password) => ({ user, password })),
  )
  const attempts: Attempt[] = []
  for (const { user, password } of logins)
    attempts.push(
      await attemptTo(`log in as ${user} with "${password}" at ${door}`, async () => {
        const client = new pg.Client({
          ...{ host, port: Number(port), user, password, database: 'postgres' },
          connectionTimeoutMillis: 4000,
        })
        await client.connect()
        await client.end()
      }),
    )
  return attempts
}

async function attackFiles(dataDir: string): Promise<Attempt[]> {
  const own = ['key', 'pglite', 'pglite/global/pg_control', 'temporal.db', 'packages', 'lock'].map(
    (name) => join(dataDir, name),
  )
  const reading = own.map((path) => attemptTo(`read ${path}`, () => readFile(path)))
  const writing = own.map((path) => attemptTo(`write ${path}`, () => access(path, constants.W_OK)))
  const making = attemptTo('make a file there', () => writeFile(join(dataDir, 'mine'), ''))
  return Promise.all([...reading, ...writing, making, attemptTo('list it', () => readdir(dataDir))])
}

async function attack(victim: Target): Promise<Attempt[]> {
  const workflow = {
    workflowType: { name: 'deleteCluster' },
    taskQueue: { name: 'obflow' },
    input: [{ taskId: victim.taskId }],
  }
  const attempts: Attempt[] = []
  for (const door of victim.doors) {
    attempts.push(
      await attemptTo(`gRPC at ${door}`, () =>
        bytesOf(door, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0').then(notHttp),
      ),
    )
    const posts = {
      [`/api/v1/namespaces/${victim.namespace}/workflows/stranger`]: workflow,
      [`/namespaces/${victim.namespace}/workflows/stranger`]: workflow,
      // Temporal's HTTP API asks here for no Host. Source: its nexus_operation_http_handler.go.
      [`/namespaces/${victim.namespace}/task-queues/obflow/nexus-services/obflow/deleteCluster`]:
        {},
      [`/api/v2/tasks/instances/${victim.taskId}/rollback`]: {},
      '/api/v2/profiles/me/accessKeys': {},
    }
    attempts.push(
      ...(await Promise.all(
        Object.entries(posts).flatMap(([path, body]) =>
          hostNames(door).map((host) =>
            attemptTo(`POST ${path} at ${door} as ${host}`, () => post({ door, path, host, body })),
          ),
        ),
      )),
    )
    if (door.endsWith(':5432')) attempts.push(...(await attackPostgres(door)))
  }
  return [...attempts, ...(await attackTemporal(victim)), ...(await attackFiles(victim.dataDir))]
}

/** The API answers HTTP/2 with an HTTP/1.1 refusal; that is no way in. */
function notHttp(bytes: string): string {
  if (bytes.startsWith('HTTP/1.1 4')) throw new Error(bytes)
  return bytes
}

process.once('message', async (message) => {
  process.setgroups?.([])
  process.setgid?.(nobody)
  process.setuid?.(nobody)
  process.send?.(await attack(target.parse(message)), undefined, undefined, () => process.exit(0))
})
