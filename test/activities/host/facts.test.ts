import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimPort } from '../../../lab/ports/claim.ts'
import { machineFacts, readMachineFacts } from '../../../src/host/facts.ts'
import { gatherScript, parseFacts } from '../../../src/oceanbase/checks/index.ts'
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
  const output = await host(sshd.access()).must(gatherScript(wish, new Map()), {
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
  const { listening, machine } = parseFacts(
    await host(sshd.access()).must(gatherScript(wish, new Map())),
  )
  expect(listening).toEqual([
    { port: rpcPort, pid: expect.any(Number), command: expect.any(String), cwd: '/run' },
  ])
  expect(listening[0]?.pid).toBeGreaterThan(1)
  expect(machine.bootId).toMatch(/^[0-9a-f-]{36}mnt:\[\d+\]net:\[\d+\]$/)
})
