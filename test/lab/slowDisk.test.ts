import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { buildPackages } from '../../lab/packages/index.ts'
import { installRpm } from '../../src/activities/host/installRpm.ts'
import { ioBench, removeIoBench } from '../../src/activities/host/ioBench.ts'
import { makeDir } from '../../src/activities/host/makeDir.ts'
import { DefiniteError } from '../../src/errors/failure.ts'
import { failureOf } from '../host/hosts.ts'
import { clusterOn, createNodes, packageFrom } from './hostNode.ts'
import { sshRun } from './ssh.ts'

// Runs when no other lab is up: the hosts of all labs share one disk's journal, so that one slow
// host slows its neighbours.

let lab: Lab
let host: LabHost

beforeAll(async () => {
  lab = await createLab({ hosts: 1 })
  const [only] = lab.hosts
  if (!only) throw new Error('one host was asked for')
  host = only
})
afterAll(() => lab?.destroy())

/** Over SSH: only what a host's sshd starts is slow. */
const iopsAt16k = async () => {
  const job =
    '--name=bench --filename=/data/1/bench --size=16M --ioengine=libaio --direct=1 --rw=randwrite --bs=16k'
  const { output } = await sshRun(
    { host: host.ip, ...host.users.root },
    `fio ${job} --runtime=1 --time_based --output-format=terse --terse-version=3; rm /data/1/bench`,
  )
  // Field 49 of fio's terse format is the IOPS of writes.
  return Number(output.split(';')[48])
}

it('a slow disk stays below the 1000 IOPS at 16 KiB that OCP demands', async () => {
  await host.fault('slowDisk')
  const slow = await iopsAt16k()
  expect(slow).toBeLessThan(1000)
  await host.heal('slowDisk')
  // How fast the machine's own disk is at this moment is not the lab's to say.
  expect(await iopsAt16k()).toBeGreaterThan(slow)
})

it('Do io bench fails below the standard, with the numbers, and leaves no file', async () => {
  const rpm = (await buildPackages()).find(
    ({ name, version }) => name === 'oceanbase' && version === '4.2.1.8',
  )
  const nodes = createNodes(lab.hosts, {
    cluster: clusterOn(lab.hosts, '4.2.1.8'),
    file: packageFrom(rpm?.path ?? ''),
  })
  await installRpm(nodes.on(1, 'installRpm'))
  await makeDir(nodes.on(1, 'makeDir'))
  await host.fault('slowDisk', 200)
  const failure = await failureOf(ioBench(nodes.on(1, 'ioBench')))
  await host.heal('slowDisk')
  expect(failure).toBeInstanceOf(DefiniteError)
  expect(failure).toMatchObject({
    kept: {
      code: 'CMP07053',
      host: host.ip,
      message: expect.stringMatching(/does \d{2,3} reads of 16 KB a second, 1000 are needed/),
    },
  })
  expect((await host.exec('ls -A /data/1/terran')).stdout).not.toContain('bench')
  await removeIoBench(nodes.on(1, 'ioBench'))
  await nodes.close()
})
