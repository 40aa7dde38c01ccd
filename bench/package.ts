import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { run } from '../lab/hosts/run.ts'
import { buildPackages, createLab } from '../lab/index.ts'
import { createHostPool, type Host } from '../src/host/index.ts'
import { Secret } from '../src/quote.ts'
import { bench, inTurn, paired } from './kit/bench.ts'
import { figureOf } from './kit/figure.ts'

// A package to 16 hosts when this machine has 100 Mbit/s to them (tc on the lab's switch), beside 16
// scp side by side. The second time nothing is moved.

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '16' },
    rate: { type: 'string', default: '100mbit' },
  },
})
const goal = { atMost: 0.35 } as const

await bench(async (bench) => {
  const dir = mkdtempSync(join(tmpdir(), 'obflow-package-'))
  bench.defer(() => rmSync(dir, { recursive: true, force: true }))
  const from = (await buildPackages()).find(
    ({ name, version }) => name === 'oceanbase' && version.startsWith('4.'),
  )?.path
  if (!from) throw new Error('the lab has no package of 4.x')
  const digest = createHash('sha256')
  await pipeline(createReadStream(from), digest)
  const [sha256, sizeBytes] = [digest.digest('hex'), statSync(from).size]
  const lab = await createLab({ hosts: Number(values.hosts) })
  bench.defer(() => lab.destroy())

  const gateway = lab.subnet.replace(/0\/24$/, '1')
  const device = execFileSync('ip', ['-o', 'address', 'show', 'to', gateway], { encoding: 'utf8' })
    .split(/\s+/)[1]
    ?.replace(/@.*/, '')
  if (!device) throw new Error(`no device has ${gateway}`)
  // The switch goes with its lab, and what is set on it.
  const shape = ['rate', values.rate, 'burst', '256k', 'latency', '200ms']
  execFileSync('tc', ['qdisc', 'add', 'dev', device, 'root', 'tbf', ...shape])

  const pool = createHostPool()
  bench.defer(() => pool.close())
  const secret = new Secret(readFileSync(lab.users.root.privateKeyFile, 'utf8'))
  const signal = bench.signal
  const hosts: Host[] = lab.hosts.map(({ ip, sshPort }, id) =>
    pool.host(
      { id, ip, sshPort, username: 'root', login: { type: 'PRIVATE_KEY', secret } },
      { log: () => undefined, signal, key: `bench-${randomBytes(4).toString('hex')}` },
    ),
  )
  const to = `/var/lib/obflow/packages/${basename(from)}`
  const ours = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.upload({ from, to, sha256, sizeBytes })))
  }
  /** Bytes that this machine has sent to the lab so far. */
  const sent = (): number =>
    Number(readFileSync(`/sys/class/net/${device}/statistics/tx_bytes`, 'utf8'))
  const clear = async (): Promise<void> => {
    await Promise.all(lab.hosts.map((host) => host.must(['rm', '-f', to, '/var/tmp/copied.rpm'])))
  }
  const options = ['-q', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']
  const scp = async (): Promise<void> => {
    await Promise.all(
      lab.hosts.map(({ ip }) =>
        run(
          [
            'scp',
            ...options,
            '-o',
            'LogLevel=ERROR',
            '-i',
            lab.users.root.privateKeyFile,
            from,
            `root@${ip}:/var/tmp/copied.rpm`,
          ],
          { timeoutMs: 1_800_000 },
        ),
      ),
    )
  }
  const timed = (work: () => Promise<void>) => async (): Promise<number> => {
    await clear()
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }
  // The link is the bound from the first copy on: nothing has to warm up.
  const works = { ours: timed(ours), scp: timed(scp) }
  const found = await inTurn(bench, works, { warmUp: false })
  await clear()
  await ours()
  const [before, start] = [sent(), performance.now()]
  await ours()
  bench.show(
    figureOf({
      figure: 'package',
      row: `${Math.round(sizeBytes / 2 ** 20)} MiB to ${lab.hosts.length} hosts over ${values.rate}`,
      unit: 's',
      goal,
      reference: `${lab.hosts.length} scp side by side`,
      pairs: paired(found.ours, found.scp),
      details: {
        program: 'package',
        secondTimeSeconds: Number(((performance.now() - start) / 1000).toFixed(2)),
        secondTimeMiB: Number(((sent() - before) / 2 ** 20).toFixed(2)),
      },
    }),
  )
})
