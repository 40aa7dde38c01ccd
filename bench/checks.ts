import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPackages, createLab } from '../lab/index.ts'
import { findingsOf } from '../src/activities/host/preCheck.ts'
import { readConfig } from '../src/config.ts'
import { createHostPool } from '../src/host/index.ts'
import { type ServerSpec, serversOf } from '../src/oceanbase/index.ts'
import { Secret } from '../src/quote.ts'
import { openConfiguredStore } from '../src/store/index.ts'
import { creator, newCluster, packageNamed } from '../test/store/inventory.ts'
import { testOperations } from '../test/store/operations.ts'
import { byAnsible } from './install/drivers.ts'
import { writeWork } from './install/work.ts'
import { bench, inTurn, paired } from './kit/bench.ts'
import { figureOf, median, rounded } from './kit/figure.ts'
import { takeForPrepared } from './kit/prepared.ts'

// The pre-check of a hundred hosts, over their own sshd: the look of a dry run, beside a playbook
// that reads the same facts. Ours also compares clocks, asks hosts whether they reach each other,
// and judges; the playbook does not. The hosts share this machine: its processors are the bound.

const { values } = parseArgs({ options: { hosts: { type: 'string', default: '100' } } })
const count = Number(values.hosts)
const goal = { atMost: 0.3 } as const
const ownGoal = { atMost: 5 } as const

/** Processor time of this machine since it began. Source: proc(5), /proc/stat, in 1/100 s. */
function busySeconds(): number {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1).join('').split(/\s+/)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks.map(Number)
  return (user + nice + system + irq + softirq) / 100
}

await bench(async (bench) => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-checks-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  const packages = await buildPackages()
  const [observer, agentPackage] = ['oceanbase', 't-oceanbase-ocp-agent'].map((wanted) =>
    packages.find(({ name, version }) => name === wanted && version.startsWith('4.')),
  )
  if (!observer || !agentPackage) throw new Error('the lab has no packages of 4.x')
  const lab = await createLab({ hosts: count })
  bench.defer(() => lab.destroy())

  const config = readConfig({ OBFLOW_DATA_DIR: join(dir, 'data') })
  mkdirSync(config.dataDir, { mode: 0o700 })
  const store = await openConfiguredStore(config)
  bench.defer(() => store.close())
  await store.regions.create({ name: 'hangzhou' })
  await store.idcs.create({ name: 'hz2', regionId: 1 })
  await store.credentials.create({
    name: 'root',
    targetType: 'HOST',
    type: 'PRIVATE_KEY',
    username: 'root',
    passphrase: new Secret(readFileSync(lab.users.root.privateKeyFile, 'utf8')),
    owner: creator,
  })
  const operations = testOperations(store)
  // No agent is brought to them: what is measured changes nothing on a host.
  const { hostIds } = await operations.acceptHosts({
    hosts: lab.hosts.map(({ ip }) => ({ innerIpAddress: ip })),
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    credentialId: 1,
    creator,
  })
  for (const id of hostIds) {
    await store.hosts.setFacts(id, { architecture: 'x86_64' })
    await store.hosts.setStatus(id, 'AVAILABLE')
  }
  await takeForPrepared(store)
  const rpmName = basename(observer.path)
  await store.packages.create({ ...packageNamed(rpmName), path: observer.path })
  const zones = Array.from({ length: 3 }, (_, zone) => ({
    name: `zone${zone + 1}`,
    idcName: 'hz2',
    servers: hostIds.filter((_, index) => index % 3 === zone),
  }))
  const wanted = newCluster({ name: 'checked', rpmName, zones })
  const { findings: objections, look } = await operations.dryRunCluster(wanted)
  if (!look) throw new Error(`such a create is refused: ${JSON.stringify(objections)}`)
  const { cluster, package: software } = look

  /** Every host at once, over connections of its own. One that cannot be looked at fails it. */
  async function lookAtAll(round: number): Promise<number> {
    const pool = createHostPool()
    try {
      const session = { log: () => undefined, signal: bench.signal }
      const look = async (server: ServerSpec) => {
        const key = `checks-${round}-${server.hostId}`
        const host = async (id: number) =>
          pool.host(await store.hosts.access(id), { ...session, key })
        const node = { cluster, server, store, host, target: await host(server.hostId) }
        return findingsOf(node, { taskId: 0, package: software })
      }
      const start = performance.now()
      const found = await Promise.all(serversOf(cluster).map(look))
      const took = (performance.now() - start) / 1000
      findings = found.flat().length
      return took
    } finally {
      await pool.close()
    }
  }
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }
  let findings = 0
  /** Seconds of processor time that all of this machine, hosts included, took for a run. */
  const processorSeconds: Record<'ours' | 'ansible', number[]> = { ours: [], ansible: [] }
  async function withProcessors(
    name: keyof typeof processorSeconds,
    work: () => Promise<number>,
  ): Promise<number> {
    const before = busySeconds()
    const result = await work()
    processorSeconds[name].push(busySeconds() - before)
    return result
  }
  const site = {
    hosts: lab.hosts,
    rootKey: lab.users.root.privateKeyFile,
    adminPassword: lab.users.admin.password,
    signal: bench.signal,
  }
  const { ours, ansible } = await inTurn(bench, {
    ours: (round) => withProcessors('ours', () => lookAtAll(round)),
    ansible: (round) => {
      const work = writeWork({
        dir: join(dir, `ansible${round}`),
        hosts: lab.hosts,
        observer,
        agentPackage,
        name: 'checked',
        password: 'none',
      })
      const steps = work.steps.filter(({ name }) => name === 'check')
      return withProcessors('ansible', () => seconds(() => byAnsible({ ...work, steps }, site)))
    },
  })
  const common = { figure: 'checks', unit: 's', row: `pre-check of ${count} hosts` } as const
  const details = {
    program: 'checks',
    findings,
    processorSeconds: rounded(median(processorSeconds.ours)),
    processorSecondsOfAnsible: rounded(median(processorSeconds.ansible)),
  }
  bench.show(
    figureOf({
      ...common,
      goal,
      reference: 'Ansible playbook',
      pairs: paired(ours, ansible),
      details,
    }),
  )
  bench.show({
    ...common,
    row: `${common.row}, ours alone`,
    ours: rounded(median(ours)),
    goal: ownGoal,
    pairs: ours.map((value) => [rounded(value)]),
    details,
  })
})
