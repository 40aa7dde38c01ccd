import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startPostgres } from '../../lab/chaos/postgres.ts'
import { buildPackages, createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { claimPort } from '../../lab/ports/claim.ts'
import { createRequest, registerHosts, uploadPackages } from '../../lab/scenario.ts'
import { createClient } from '../../src/cli/client.ts'
import { type Task, taskSchema } from '../../src/cli/taskSchema.ts'
import { startTemporalServer } from '../../src/embedded/temporalServer.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { type Program, startProgram } from '../support/program.ts'
import { causes } from './scene.ts'

const created = z.object({ id: z.number() })
const run = '/home/admin/oceanbase/run'

/**
 * Activities that are amid something long: how that is stopped in its tracks on the host, and let
 * go again.
 */
const held = {
  upload: {
    node: 'install-rpm@',
    // The first that saves the server's package stops before it takes any of it: the agent's is
    // saved while the host is prepared.
    hold: `cp /usr/bin/tee /run/tee.whole
cat >/run/tee <<'TEE'
#!/bin/bash
case $1 in */.oceanbase-*) mkdir /run/held 2>/dev/null && kill -STOP $$ ;; esac
exec /run/tee.whole "$@"
TEE
chmod 755 /run/tee && mount --bind /run/tee /usr/bin/tee
until pgrep --runstates T -x tee; do sleep 0.05; done`,
    release: undefined,
  },
  bench: {
    node: 'do-io-bench@',
    hold: 'until pkill -STOP -x fio; do sleep 0.05; done',
    release: undefined,
  },
  bootstrap: {
    node: 'bootstrap-ob',
    hold: `until [ -s ${run}/bootstrap.count ]; do sleep 0.02; done; kill -STOP "$(cat ${run}/observer.pid)"`,
    release: `kill -CONT "$(cat ${run}/observer.pid)"`,
  },
}

/** Looks every 100 ms until there is something; the test's own timeout ends it. */
async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    await pause(100)
  }
}

/** What is left on a host of a run that has ended: marks, packages on their way, programs. */
const leftOn = async (host: LabHost): Promise<string> =>
  (
    await host.exec(
      'ls -A /run/obflow /var/lib/obflow/packages 2>/dev/null | grep -v ":$" | grep .; ls -A /data/1/*/ | grep bench; pgrep -l "^(fio|rpm|tee)$"',
    )
  ).stdout

/** A folder, settings and programs of one test; all of it is gone when the test is over. */
async function place() {
  const stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'obflow-stop-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const settings = {
    OBFLOW_DATA_DIR: join(dir, 'data'),
    OBFLOW_LISTEN: `127.0.0.1:${await claimPort()}`,
    OBFLOW_ADMIN_PASSWORD: randomBytes(12).toString('base64url'),
  }
  return {
    dir,
    settings,
    /** Closed at the end of the test, what came last first. */
    use<T extends { close(): unknown }>(opened: T): T {
      stack.defer(async () => {
        await opened.close()
      })
      return opened
    },
    start(
      program: string,
      env: Readonly<Record<string, string>>,
      words?: readonly string[],
    ): Program {
      return this.use(startProgram(program, env, words))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

// A worker that stops lets its nodes go on for 5 s before it hands them over, and a create is
// waited for. Each test has a host of its own.
describe.concurrent('obflow that is told to stop in the middle of a create', {
  timeout: 400_000,
}, () => {
  let lab: Lab
  let packages: Awaited<ReturnType<typeof buildPackages>>
  beforeAll(async () => {
    packages = (await buildPackages()).filter(
      ({ name, version }) =>
        name.includes('agent') || (name === 'oceanbase' && version.startsWith('4.')),
    )
    lab = await createLab({ hosts: 2 })
  })
  afterAll(() => lab?.destroy())

  /**
   * What a create asks of an obflow that is ready, and the same again of one that was started anew.
   */
  async function client({
    OBFLOW_LISTEN,
    OBFLOW_ADMIN_PASSWORD,
  }: Awaited<ReturnType<typeof place>>['settings']) {
    const url = `http://${OBFLOW_LISTEN}`
    await found(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok || undefined)
    const api = createClient({ url, user: 'admin', password: OBFLOW_ADMIN_PASSWORD })
    return {
      async create(hosts: readonly LabHost[]) {
        await uploadPackages(
          api,
          packages.map(({ path }) => path),
        )
        const inventory = await registerHosts(api, { ...lab, hosts }, () => 'hz1')
        const rpmName = basename(packages.find(({ name }) => name === 'oceanbase')?.path ?? '')
        const wish = {
          name: 'handed',
          password: 'Aa11--pylon',
          rpmName,
          zones: [{ name: 'zone1', hosts: [0] }],
        }
        const { id } = (
          await api.post('/api/v2/ob/clusters', createRequest(inventory, wish), created)
        ).data
        return id
      },
      ended: (id: number) =>
        found(async () => {
          const { data } = await api.get(`/api/v2/tasks/instances/${id}`, taskSchema)
          return data.status === 'RUNNING' ? undefined : data
        }),
    }
  }

  async function expectDoneOnce(task: Task, host: LabHost): Promise<void> {
    expect(causes(task)).toBe('')
    expect(task.status).toBe('SUCCESSFUL')
    expect(task.subtasks.filter(({ runTime }) => runTime !== 1)).toEqual([])
    expect((await host.exec(`cat ${run}/bootstrap.count`)).stdout.trim()).toBe('1')
    expect(await leftOn(host)).toBe('')
  }

  it('hands an upload, a bench and a BOOTSTRAP over to another worker, and the one that is told ends by itself', async () => {
    const [host] = lab.hosts
    if (!host) throw new Error('the lab has no host')
    await using here = await place()
    // PostgreSQL, another user, has its folder in it.
    await chmod(here.dir, 0o711)
    const postgres = here.use(await startPostgres(join(here.dir, 'postgres')))
    const temporal = here.use(await startTemporalServer({}))
    const env = { ...here.settings, DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address }
    here.start('src/server.ts', env)
    const workers = [here.start('src/worker.ts', env), here.start('src/worker.ts', env)]
    const connection = here.use(await Connection.connect({ address: temporal.address }))
    const { create, ended } = await client(env)
    const waiting = host.exec(held.upload.hold)
    const id = await create([host])
    const handle = new Client({ connection }).workflow.getHandle(`create-cluster-handed-${id}`)

    for (const { node, hold, release } of Object.values(held)) {
      await (node === held.upload.node ? waiting : host.exec(hold))
      const { pendingActivities } = (await handle.describe()).raw
      const doing = pendingActivities?.find(({ activityId }) =>
        activityId?.startsWith(node),
      )?.lastWorkerIdentity
      const worker = workers.find(({ pid }) => doing?.endsWith(`:${pid}`))
      if (!worker) throw new Error(`${node} is with ${doing}`)
      workers.push(here.start('src/worker.ts', env))
      expect(await worker.stop()).toBe(0)
      if (release) await host.exec(release)
    }

    await expectDoneOnce(await ended(id), host)
    const { events } = await handle.fetchHistory()
    const again = (events ?? []).flatMap(({ activityTaskStartedEventAttributes: facts }) =>
      (facts?.attempt ?? 1) > 1 ? [facts] : [],
    )
    // Handed over, and not found missing when a heartbeat was due.
    expect(again.length).toBeGreaterThanOrEqual(workers.length - 2)
    expect(again.filter((facts) => facts?.lastFailure?.timeoutFailureInfo)).toEqual([])
  })

  it('ends on Ctrl-C all in one, and goes on with the bench that it was at when it is started again', async () => {
    const [, host] = lab.hosts
    if (!host) throw new Error('the lab has one host')
    await using here = await place()
    const env = here.settings
    await placeEmptyDatabase(env.OBFLOW_DATA_DIR)
    const first = here.start('src/cli.ts', env, ['serve'])
    const waiting = host.exec(held.bench.hold)
    const id = await (await client(env)).create([host])
    await waiting
    expect(await first.stop('SIGINT')).toBe(0)
    expect(await leftOn(host)).toBe('')
    here.start('src/cli.ts', env, ['serve'])
    await expectDoneOnce(await (await client(env)).ended(id), host)
  })
})
