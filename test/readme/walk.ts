import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Postgres, startPostgres } from '../../lab/chaos/postgres.ts'
import { type ApiClient, createClient } from '../../src/cli/client.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { freePort } from '../../src/freePort.ts'
import { searchAttributes } from '../../src/plan/run.ts'
import { sshRun } from '../lab/ssh.ts'
import { unzip } from '../support/unzip.ts'
import { clone } from './clone.ts'
import type { Special } from './rules.ts'
import { type Answers, type Done, Server, Terminal } from './terminal.ts'

const url = 'http://127.0.0.1:8080'
const pollMs = 250
/** The first command builds packages and console in the fresh clone. */
const coldMs = 580_000

const created = z.object({ id: z.number() })
const reply = z.object({ successful: z.boolean(), data: z.unknown().optional() })
const host = z.object({ status: z.string() })
const ready = z.object({ temporal: z.literal('okay'), workers: z.literal('okay') })

/** Looks until there is something; the test's own timeout ends it. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look().catch(() => undefined)
    if (seen !== undefined) return seen
    await pause(pollMs)
  }
}

/** A newcomer at a fresh clone, who types README's commands one after the other. */
export class Walk implements AsyncDisposable {
  readonly #dir: string
  readonly #folder: string
  readonly #remove: () => Promise<void>
  /** The one in which calls are typed. */
  readonly #terminal: Terminal
  readonly #api: ApiClient = createClient({ url, user: 'admin', password: 'change-me' })
  #lab: Server | undefined
  #obflow: Server | undefined
  #grown: Grown | undefined
  /** The task of the section about failures. */
  #task = 0

  private constructor(dir: string, folder: string, remove: () => Promise<void>) {
    this.#dir = dir
    this.#folder = folder
    this.#remove = remove
    this.#terminal = new Terminal({ cwd: dir, folder, name: 'calls' })
  }

  static async begin(): Promise<Walk> {
    const folder = await mkdtemp(join(tmpdir(), 'obflow-readme-'))
    // PostgreSQL runs as a user of its own.
    await chmod(folder, 0o755)
    const { dir, remove } = await clone()
    return new Walk(dir, folder, remove)
  }

  /** Types a command; it has to end well, and so has what the API answers. */
  async type(command: string, answers: Answers = []): Promise<Done> {
    const done = await this.#terminal.run(command, { answers })
    expect(done.status, done.output).toBe(0)
    for (const line of done.output.split('\n').filter((text) => text.startsWith('{"')))
      expect(reply.parse(JSON.parse(line)).successful, line).toBe(true)
    return done
  }

  /** What there is to do for each command that is more than typed. */
  readonly special: Readonly<Record<Special, (command: string) => Promise<unknown>>> = {
    demo: async (command) => {
      const demo = await Server.start(command, {
        cwd: this.#dir,
        ready: 'Serving until Ctrl-C.',
        timeoutMs: coldMs,
      })
      const output = await demo.stop()
      expect(output).toContain(
        'SELECT VERSION() as root@sys with the posted password: 5.7.25-OceanBase-v4.',
      )
    },
    demoOnce: async (command) => {
      const { output } = await this.#terminal.run(command, { timeoutMs: coldMs })
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({
        taskStatus: 'SUCCESSFUL',
        clusterStatus: 'RUNNING',
        subtasks: 35,
      })
    },
    lab: async (command) => {
      this.#lab = await Server.start(command, { cwd: this.#dir, ready: 'Ctrl-C stops the hosts.' })
    },
    serve: (command) => this.#serve(command),
    serveHosts: async (command) => {
      await this.#obflow?.stop()
      await this.#serve(command)
    },
    dryRun: async (command) => {
      const { output } = await this.type(command)
      expect(JSON.parse(output)).toMatchObject({
        data: {
          id: null,
          admission: expect.arrayContaining([expect.objectContaining({ code: 'OBE11014' })]),
        },
      })
    },
    retry: async (command) => {
      await this.#failAtBootstrap()
      await this.type(command)
    },
    retrySubtask: async (command) => {
      await this.#cancelled('Bootstrap ob')
      await this.type(command)
    },
    skipSubtask: async (command) => {
      await this.#cancelled('Bootstrap ob')
      await this.type(command)
    },
    cancelSubtask: async (command) => {
      await this.#running('Restart observer process')
      await this.type(command)
    },
    rollback: async (command) => {
      await this.#ended('FAILED')
      await this.type(command)
      expect(await this.#ended('SUCCESSFUL')).toMatchObject({ operation: 'ROLLBACK' })
      expect((await this.#api.get('/api/v2/compute/hosts/2', host)).data.status).toBe('AVAILABLE')
      await this.#onHost2("echo '{}' >/etc/obflow-lab/faults.json")
    },
    diagnosis: async (command) => {
      await this.type(command)
      const files = [...unzip(await readFile(join(this.#dir, 'task.zip'))).keys()]
      expect(
        files.some((name) => name.endsWith('task_info.txt')),
        files.join(' '),
      ).toBe(true)
    },
    waited: async (command) => {
      const { output } = await this.type(command)
      const { id } = created.parse(reply.parse(JSON.parse(output)).data)
      await this.type(`.tools/bin/obflow watch ${id}`)
    },
    mysql: async (command) => {
      const answers: Answers = [
        ['password:', 'xxxxx'],
        ['>', 'select zone from oceanbase.__all_server;'],
        ['1 row in set', 'exit'],
      ]
      expect((await this.type(command, answers)).output).toContain('zone1')
    },
    server: async (command) => {
      await this.#obflow?.stop()
      this.#grown = await Grown.begin(this.#dir, this.#folder)
      await this.#grown.start(command, '"serving"')
    },
    worker: async (command) => {
      await this.#grown?.start(command, '"working"')
      const readyz = async () => ready.parse(await (await fetch(`${url}/readyz`)).json())
      expect(await until(readyz)).toMatchObject({ workers: 'okay' })
      await this.#grown?.[Symbol.asyncDispose]()
    },
    password: async (command) => {
      expect((await this.type(command)).output).toMatch(/password/)
    },
    bundle: async (command) => {
      await this.type(command)
      expect((await stat(join(this.#dir, 'workflows.js'))).size).toBeGreaterThan(100_000)
    },
  }

  async #serve(command: string): Promise<void> {
    this.#obflow = await Server.start(command, { cwd: this.#dir, ready: 'Ctrl-C stops it' })
  }

  /** Runs a command on host 2 as root, past obflow. */
  async #onHost2(command: string): Promise<void> {
    const { output } = await this.#terminal.run('echo "$HOST2 $LOGIN_KEY"')
    const [address = '', keyFile = ''] = output.trim().split(' ')
    const login = { host: address, username: 'root', privateKey: await readFile(keyFile) }
    expect(await sshRun(login, command)).toMatchObject({ code: 0 })
  }

  /** A create on host 2 whose observer never answers, cancelled at its bootstrap. */
  async #failAtBootstrap(): Promise<void> {
    await this.#onHost2(`echo '{"slowStartMs":3600000}' >/etc/obflow-lab/faults.json`)
    const { output } = await this.type(
      `api /ob/clusters -d "$(sed 's/terran/zerg/; s/"servers":.1./"servers":[2]/' <<<"$CREATE")"`,
    )
    this.#task = created.parse(reply.parse(JSON.parse(output)).data).id
    await this.#cancelled('Bootstrap ob')
  }

  readonly #read = async (): Promise<Task> =>
    (await this.#api.get(`/api/v2/tasks/instances/${this.#task}`, taskSchema)).data

  /** Waits until a subtask runs, and tells the terminal its ids. */
  async #running(name: string): Promise<number> {
    const { id } = await until(async () =>
      (await this.#read()).subtasks.find(
        (subtask) => subtask.name === name && subtask.status === 'RUNNING',
      ),
    )
    await this.type(`TASK=${this.#task} SUBTASK=${id}`)
    return id
  }

  /** Waits until a subtask runs, and cancels it. */
  async #cancelled(name: string): Promise<void> {
    const id = await this.#running(name)
    await this.#api.post(
      `/api/v2/tasks/instances/${this.#task}/subtasks/${id}/cancel`,
      {},
      z.unknown(),
    )
    await this.#ended('FAILED')
  }

  async #ended(status: Task['status']): Promise<Task> {
    const task = await until(async () => {
      const now = await this.#read()
      return now.status === 'RUNNING' ? undefined : now
    })
    expect(task.status).toBe(status)
    return task
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminal[Symbol.asyncDispose]()
    for (const server of [this.#grown, this.#obflow, this.#lab])
      await server?.[Symbol.asyncDispose]()
    await this.#remove()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** A PostgreSQL and a Temporal of one's own, for the programs of the grown stack. */
class Grown implements AsyncDisposable {
  readonly #dir: string
  readonly #env: NodeJS.ProcessEnv
  readonly #postgres: Postgres
  readonly #programs: Server[]

  private constructor(dir: string, env: NodeJS.ProcessEnv, postgres: Postgres, temporal: Server) {
    this.#dir = dir
    this.#env = env
    this.#postgres = postgres
    this.#programs = [temporal]
  }

  static async begin(dir: string, folder: string): Promise<Grown> {
    const postgres = await startPostgres(join(folder, 'postgres'))
    const attributes = Object.values(searchAttributes).map(
      (name) => `--search-attribute ${name}=Keyword`,
    )
    const port = await freePort()
    const temporal = await Server.start(
      `.tools/bin/temporal server start-dev --headless --port ${port} ${attributes.join(' ')}`,
      {
        cwd: dir,
        ready: 'Server:',
      },
    )
    const env = {
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      OBFLOW_DATA_DIR: join(folder, 'data'),
      OBFLOW_ADMIN_PASSWORD: 'change-me',
      NODE_OPTIONS: '--max-semi-space-size=16',
      MALLOC_ARENA_MAX: '2',
    }
    return new Grown(dir, env, postgres, temporal)
  }

  async start(command: string, ready: string): Promise<void> {
    this.#programs.push(await Server.start(command, { cwd: this.#dir, ready, env: this.#env }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.splice(0).reverse()) await program.stop()
    await this.#postgres.close().catch(() => undefined)
  }
}
