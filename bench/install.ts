import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { clusterComplaints } from '../lab/clusterCheck.ts'
import { buildPackages, createLab } from '../lab/index.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createRequest, registerHosts, uploadPackages } from '../lab/scenario.ts'
import { createClient } from '../src/cli/client.ts'
import { taskSchema } from '../src/cli/taskSchema.ts'
import { readConfig } from '../src/config.ts'
import { startEmbedded } from '../src/embedded/index.ts'
import { byAnsible, byObd, byPyinfra, type Site } from './install/drivers.ts'
import { listen, type Profile, profileOf, shownProfile } from './install/profile.ts'
import { servesComplaints } from './install/proof.ts'
import { writeWork } from './install/work.ts'
import { bench, inTurn, paired } from './kit/bench.ts'
import { figureOf } from './kit/figure.ts'

// A cluster of three zones on three lab hosts, from nothing to one that serves: obflow, beside the
// same steps driven by Ansible, by pyinfra, and as obd drives them; in turn, on the same hosts, from
// this machine. What each made is checked and taken away before the next begins.
//   node bench/install.ts --only ours,ansible     PROFILE=1 prints where our time goes

const drivers = ['ours', 'ansible', 'pyinfra', 'obd'] as const
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: drivers.join(',') },
    hosts: { type: 'string', default: '3' },
  },
})
const wanted = drivers.filter((name) => values.only.split(',').includes(name))
const goals = { remote: 1.15, ansible: 0.6, pyinfra: 0.7, obd: 0.4 } as const
const names = {
  ansible: 'Ansible playbook',
  pyinfra: 'pyinfra',
  obd: "obd's steps",
} as const

const created = z.object({ id: z.number(), clusterId: z.number() })
const begun = z.object({ id: z.number() })
/** Rarely: who asks takes the time of the process that is measured. When a task ended it says itself. */
const pollMs = 250

const tools = fileURLToPath(new URL('../.tools/bench/bin/ansible-playbook', import.meta.url))
if (wanted.some((name) => name !== 'ours') && !existsSync(tools))
  throw new Error('Ansible and pyinfra are not there: bash tools/bench.sh')

await bench(async (bench) => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-install-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  const packages = await buildPackages()
  const observer = packages.find(
    ({ name, version }) => name === 'oceanbase' && version.startsWith('4.'),
  )
  const agentPackage = packages.find(
    ({ name, version }) => name === 't-oceanbase-ocp-agent' && version.startsWith('4.'),
  )
  if (!observer || !agentPackage) throw new Error('the lab has no packages of 4.x')
  const lab = await createLab({ hosts: Number(values.hosts) })
  bench.defer(() => lab.destroy())

  const admin = randomBytes(12).toString('base64url')
  const [port, temporalPort, temporalUiPort] = [
    await claimPort(),
    await claimPort(),
    await claimPort(),
  ]
  const obflow = await startEmbedded(
    readConfig({
      OBFLOW_DATA_DIR: join(dir, 'data'),
      OBFLOW_LISTEN: `127.0.0.1:${port}`,
      OBFLOW_ADMIN_PASSWORD: admin,
      OBFLOW_RATE_LIMIT: '0',
    }),
    { temporalPort, temporalUiPort },
  )
  bench.defer(() => obflow.close())
  const api = createClient({ url: obflow.url, user: 'admin', password: admin })
  await uploadPackages(api, [agentPackage.path, observer.path])
  const inventory = await registerHosts(api, lab, (index) => `hz${index + 1}`)
  const site: Site = {
    hosts: lab.hosts,
    rootKey: lab.users.root.privateKeyFile,
    adminPassword: lab.users.admin.password,
    signal: bench.signal,
  }
  const unpacked = join(dir, 'unpacked')
  mkdirSync(unpacked)
  execFileSync('bash', ['-c', 'rpm2cpio "$1" | cpio -idm --quiet', '_', observer.path], {
    cwd: unpacked,
  })

  /** Waits for a task; gives when it ended, by `performance.now()`. */
  async function ended(taskId: number): Promise<number> {
    for (;;) {
      const path = `/api/v2/tasks/instances/${taskId}`
      const { status, subtasks, finishTime } = (await api.get(path, taskSchema)).data
      if (status === 'SUCCESSFUL')
        return performance.now() - (Date.now() - Date.parse(finishTime ?? ''))
      if (status === 'FAILED') {
        const causes = subtasks.flatMap(({ name, error }) =>
          error ? [`${name}: ${error.message}`] : [],
        )
        throw new Error(`task ${taskId} failed: ${causes.join('; ')}`)
      }
      await sleep(pollMs, undefined, { signal: bench.signal })
    }
  }
  /** Fails unless the cluster is there and serves; `whole` looks at each host too. */
  async function prove(name: string, password: string, whole: boolean): Promise<void> {
    const expected = {
      name,
      password,
      version: observer?.version ?? '',
      hosts: lab.hosts,
      primaryZone: 'RANDOM',
    }
    const complaints = [
      ...(await servesComplaints(expected)),
      ...(whole ? await clusterComplaints(expected) : []),
    ]
    if (complaints.length > 0) throw new Error(`${name}: ${complaints.join('; ')}`)
  }

  const profiles: Profile[] = []
  async function ours(round: number): Promise<number> {
    const [name, password] = [`ours${round}`, randomBytes(12).toString('base64url')]
    const body = createRequest(inventory, {
      name,
      password,
      rpmName: basename(observer?.path ?? ''),
      zones: lab.hosts.map((_, index) => ({ name: `zone${index + 1}`, hosts: [index] })),
    })
    const listening = listen()
    const start = performance.now()
    const { id, clusterId } = (await api.post('/api/v2/ob/clusters', body, created)).data
    const end = await ended(id)
    const profile = profileOf(listening.stop(), start, end)
    if (process.env.PROFILE) bench.say(shownProfile(profile))
    if (round > 0) profiles.push(profile)
    await prove(name, password, true)
    const removal = (await api.delete(`/api/v2/ob/clusters/${clusterId}`, begun)).data
    await ended(removal.id)
    return (end - start) / 1000
  }

  const by = (name: 'ansible' | 'pyinfra' | 'obd') => async (round: number) => {
    const work = writeWork({
      dir: join(dir, `${name}${round}`),
      hosts: lab.hosts,
      observer,
      agentPackage,
      name: `${name}${round}`,
      password: randomBytes(12).toString('hex'),
    })
    const start = performance.now()
    if (name === 'ansible') await byAnsible(work, site)
    else if (name === 'pyinfra') await byPyinfra(work, site)
    else await byObd(work, site, unpacked)
    const seconds = (performance.now() - start) / 1000
    await prove(work.cluster.name, work.password, name !== 'obd')
    for (const host of lab.hosts) {
      const { code, stderr } = await host.exec(work.cleanUp)
      if (code !== 0) throw new Error(`${host.ip} could not be cleaned up: ${stderr}`)
    }
    return seconds
  }

  const works: Record<string, (round: number) => Promise<number>> = {
    ours,
    ...(wanted.includes('ansible') && { ansible: by('ansible') }),
    ...(wanted.includes('pyinfra') && { pyinfra: by('pyinfra') }),
    ...(wanted.includes('obd') && { obd: by('obd') }),
  }
  const found = await inTurn(bench, works)
  const mine = found.ours ?? []
  const common = {
    figure: 'install',
    unit: 's',
    row: `${lab.hosts.length} hosts, 3 zones`,
  } as const
  bench.show(
    figureOf({
      ...common,
      goal: { atMost: goals.remote },
      reference: 'remote work alone',
      pairs: profiles.map(({ totalMs, remoteMs }) => [totalMs / 1000, remoteMs / 1000] as const),
      details: { program: 'install' },
    }),
  )
  for (const name of ['ansible', 'pyinfra', 'obd'] as const)
    if (found[name])
      bench.show(
        figureOf({
          ...common,
          goal: { atMost: goals[name] },
          reference: names[name],
          pairs: paired(mine, found[name]),
          details: { program: 'install' },
        }),
      )
})
