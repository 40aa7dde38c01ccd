import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { buildPackages, createLab } from '../lab/index.ts'
import { claimPort } from '../lab/ports/claim.ts'
import { createClient } from '../src/cli/client.ts'
import { readConfig } from '../src/config.ts'
import { startEmbedded } from '../src/embedded/index.ts'
import { Secret } from '../src/quote.ts'
import { openConfiguredStore } from '../src/store/index.ts'
import { creator, packageNamed } from '../test/store/inventory.ts'
import { testOperations } from '../test/store/operations.ts'
import { byAnsible } from './install/drivers.ts'
import { writeWork } from './install/work.ts'
import { bench, inTurn, paired } from './kit/bench.ts'
import { figureOf } from './kit/figure.ts'
import { takeForPrepared } from './kit/prepared.ts'

// The pre-check of a hundred hosts, over their own sshd: a dry run of a create, beside a playbook
// that reads the same facts. Ours also compares clocks, asks hosts whether they reach each other,
// and judges; the playbook does not.

const { values } = parseArgs({ options: { hosts: { type: 'string', default: '100' } } })
const count = Number(values.hosts)
const goal = { atMost: 0.3 } as const
const ownGoal = { atMost: 5 } as const
const reply = z.object({ findings: z.array(z.unknown()).optional() })

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

  const admin = randomBytes(12).toString('base64url')
  const port = await claimPort()
  const config = readConfig({
    OBFLOW_DATA_DIR: join(dir, 'data'),
    OBFLOW_LISTEN: `127.0.0.1:${port}`,
    OBFLOW_ADMIN_PASSWORD: admin,
    OBFLOW_RATE_LIMIT: '0',
  })
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
  // No agent is brought to them: what is measured changes nothing on a host.
  const { hostIds } = await testOperations(store).acceptHosts({
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
  const obflow = await startEmbedded(config, {
    store,
    temporalPort: await claimPort(),
    temporalUiPort: await claimPort(),
  })
  bench.defer(() => obflow.close())
  const api = createClient({ url: obflow.url, user: 'admin', password: admin })
  const zones = Array.from({ length: 3 }, (_, zone) => ({
    name: `zone${zone + 1}`,
    idcName: 'hz2',
    servers: hostIds.filter((_, index) => index % 3 === zone),
  }))
  const body = {
    type: 'PRIMARY',
    name: 'checked',
    password: randomBytes(12).toString('base64url'),
    primaryZone: '',
    rpmName,
    zones,
  }
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }
  const site = {
    hosts: lab.hosts,
    rootKey: lab.users.root.privateKeyFile,
    adminPassword: lab.users.admin.password,
    signal: bench.signal,
  }
  let findings = 0
  const { ours, ansible } = await inTurn(bench, {
    ours: () =>
      seconds(async () => {
        const { data } = await api.post('/api/v2/ob/clusters?dryRun=true', body, reply)
        findings = data.findings?.length ?? findings
      }),
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
      return seconds(() => byAnsible({ ...work, steps }, site))
    },
  })
  const common = { figure: 'checks', unit: 's', row: `pre-check of ${count} hosts` } as const
  const details = { program: 'checks', findings }
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
    ours: ours.toSorted((one, other) => one - other)[Math.floor(ours.length / 2)] ?? Number.NaN,
    goal: ownGoal,
    pairs: ours.map((value) => [value]),
    details,
  })
})
