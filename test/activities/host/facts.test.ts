import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimPort } from '../../../lab/ports/claim.ts'
import { machineFacts, readMachineFacts } from '../../../src/host/facts.ts'
import {
  endListener,
  gatherScript,
  listenScript,
  parseFacts,
  reachScript,
  readListener,
  readReached,
} from '../../../src/oceanbase/checks/index.ts'
import { sh } from '../../../src/quote.ts'
import { createTestHosts } from '../../host/hosts.ts'
import { startSshd, type TestSshd } from '../../host/sshd.ts'
import { situationWith } from './situation.ts'

let sshd: TestSshd
const { pool, host } = createTestHosts()

beforeAll(async () => {
  sshd = await startSshd()
  // A mount that never answers, as one over NFS whose server is gone.
  await host(sshd.access()).must(sh`mkdir /run/nfs
mknod /run/fuse c 10 229
exec 9<>/run/fuse
mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 nas:/export /run/nfs
setsid sleep 600 >/dev/null 2>&1 &`)
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('a mount that does not answer is left out of the facts of a host, and named', async () => {
  const output = await host(sshd.access()).must(machineFacts(['bash', 'no-such-command']), {
    timeoutMs: 20_000,
  })
  const facts = readMachineFacts(output)
  expect(facts).toMatchObject({
    deadMounts: [{ mount: '/run/nfs', device: 'nas:/export' }],
    missing: ['no-such-command'],
  })
  expect(facts.disks.length).toBeGreaterThan(0)
})

test('a path below such a mount is found, before anything waits for it', async () => {
  const { wish } = situationWith({
    cluster: { paths: { install: '/run/ob', data: '/run/nfs/data', log: '/run/log1' } },
  })
  const output = await host(sshd.access()).must(gatherScript(wish), {
    timeoutMs: 20_000,
  })
  expect(parseFacts(output).dead).toEqual(['/run/nfs/data'])
})

test('what listens on the wanted ports is found with its process, and the same port of nobody is not', async () => {
  const [sqlPort, rpcPort] = [await claimPort(), await claimPort()]
  const listener =
    "const { createServer } = require('node:net'); createServer().listen(Number(process.argv[1]), () => console.log('up'))"
  await host(sshd.access()).must(
    sh`exec 3< <(cd /run && exec setsid env -u OBFLOW_RUN ${process.execPath} -e ${listener} ${rpcPort}); read -r _ <&3`,
  )
  const { wish } = situationWith({ cluster: { sqlPort, rpcPort } })
  const { listening, machine } = parseFacts(await host(sshd.access()).must(gatherScript(wish)))
  expect(listening).toEqual([
    { port: rpcPort, pid: expect.any(Number), command: expect.any(String), cwd: '/run' },
  ])
  expect(listening[0]?.pid).toBeGreaterThan(1)
  expect(machine.bootId).toMatch(/^[0-9a-f-]{36}mnt:\[\d+\]net:\[\d+\]$/)
})

const aimedAt = (ports: { readonly sqlPort: number; readonly rpcPort: number }) => {
  const { wish } = situationWith({ cluster: ports })
  return { ...wish, server: { ...wish.server, ip: '127.0.0.1' } }
}

test.each(['perl', 'python3'])(
  'a listener in %s on the wanted ports is reached, is told from a stranger, and ends when told',
  async (program) => {
    const ports = { sqlPort: await claimPort(), rpcPort: await claimPort() }
    const wish = aimedAt(ports)
    const target = host(sshd.access())
    const both = [ports.rpcPort, ports.sqlPort]
    // A host that has this one alone of all that could listen.
    const path = `/run/only-${program}`
    await target.must(sh`mkdir ${path}
for tool in env setsid ${program}; do ln -s "$(command -v "$tool")" ${path}; done`)
    const listen = () =>
      target.must(sh`PATH=${path}
${listenScript(wish)}`)
    const listener = readListener(await listen())
    // Another pre-check may listen at the same time.
    const second = readListener(await listen())
    expect([listener?.ports, second?.ports]).toEqual([both, both])
    const reached = async () =>
      readReached(await target.must(reachScript('127.0.0.1', both))).toSorted()
    expect(await reached()).toEqual(both.toSorted())
    const { listening } = parseFacts(await target.must(gatherScript(wish)))
    expect(new Set(listening.map(({ command }) => command))).toEqual(new Set(['obflow-listen']))
    if (!listener || !second) throw new Error('nothing can listen here')
    await target.must(endListener(listener))
    await target.must(endListener(second))
    await expect.poll(reached).toEqual([])
  },
)

test('a port that is taken is not listened on', async () => {
  const ports = { sqlPort: await claimPort(), rpcPort: await claimPort() }
  await using holder = createServer().listen(ports.sqlPort, '127.0.0.1')
  await once(holder, 'listening')
  const target = host(sshd.access())
  const listener = readListener(await target.must(listenScript(aimedAt(ports))))
  expect(listener?.ports).toEqual([ports.rpcPort])
  if (listener) await target.must(endListener(listener))
})

test('what of the host is limited by a cgroup, and which device has its address, is said as far as it is known', async () => {
  const facts = parseFacts(
    await host(sshd.access()).must(gatherScript(aimedAt({ sqlPort: 1, rpcPort: 2 }))),
  )
  expect(facts.cgroup.memory).toBeGreaterThan(0)
  expect(facts.cgroup.cores).toBeGreaterThan(0)
  expect(facts.device).toEqual({ name: 'lo', first: '127.0.0.1' })
  expect(facts.disks.every(({ available, total, used }) => used + available <= total)).toBe(true)
})
