import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab, type LabHost } from '../../lab/index.ts'
import { sshRun } from './ssh.ts'

let lab: Lab
let host: LabHost

beforeAll(async () => {
  lab = await createLab({ hosts: 1 })
  const [only] = lab.hosts
  if (!only) throw new Error('one host was asked for')
  host = only
})
afterAll(() => lab?.destroy())

const asRoot = (command: string) =>
  sshRun({ host: host.ip, ...host.users.root, readyTimeout: 5000 }, command)

/** How far the clock of programs run on the host is ahead of ours, in milliseconds. */
const ahead = async (command: string) =>
  Number((await asRoot(`${command} +%s%3N`)).output) - Date.now()

test('a full disk refuses data under its folder, keeps its owner, and is as before once healed', async () => {
  await asRoot('echo kept > /data/1/file')
  await host.fault('diskFull', '/data/1')
  expect(
    await asRoot('sudo -u admin dd if=/dev/zero of=/data/1/more bs=64k count=1'),
  ).toMatchObject({
    code: 1,
    output: expect.stringContaining('No space left on device'),
  })
  expect(await asRoot('stat -c %U:%a /data/1')).toEqual({ code: 0, output: 'admin:755\n' })
  await host.heal('diskFull')
  expect(await asRoot('cat /data/1/file; findmnt -n /data/1')).toEqual({
    code: 1,
    output: 'kept\n',
  })
})

test('a skewed clock is seen by what is run over SSH, under sudo too, and by nobody else', async () => {
  await host.fault('clockSkew', -3_600_000)
  expect(await ahead('date')).toBeLessThan(-3_500_000)
  expect(await ahead('sudo date')).toBeLessThan(-3_500_000)
  const locks = await asRoot('ls /dev/shm')
  expect(await ahead('sudo runuser -u admin -- date')).toBeLessThan(-3_500_000)
  expect(await asRoot('ls /dev/shm')).toEqual(locks)
  await host.heal('clockSkew')
  expect(Math.abs(await ahead('date'))).toBeLessThan(60_000)
})

test('a host whose sshd is down refuses connections until healed', async () => {
  await host.fault('sshdDown')
  await expect(asRoot('true')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await host.heal('sshdDown')
  expect(await asRoot('true')).toMatchObject({ code: 0 })
})

test('a host without network answers nothing until healed', async () => {
  await host.fault('networkDown')
  await expect(asRoot('true')).rejects.toThrow(/timed out|timeout/i)
  await host.heal('networkDown')
  expect(await asRoot('true')).toMatchObject({ code: 0 })
})

test('the lab observer finds its switches on its host', async () => {
  await host.fault('observer', {
    slowStartMs: 500,
    refuseBootstrap: { errno: 4016, message: 'Internal error' },
  })
  expect(JSON.parse((await asRoot('cat /etc/obflow-lab/faults.json')).output)).toEqual({
    slowStartMs: 500,
    refuseBootstrap: { errno: 4016, message: 'Internal error' },
  })
  await host.heal('observer')
  expect(await asRoot('cat /etc/obflow-lab/faults.json')).toEqual({ code: 0, output: '{}\n' })
})

test('a host that lost power comes back with its files and without its processes', async () => {
  await host.must(['bash', '-c', 'echo kept > /data/1/file; setsid sleep 1000 >/dev/null 2>&1 &'])
  await host.powerOff()
  await expect(asRoot('true')).rejects.toThrow()
  await host.powerOn()
  expect(await asRoot('cat /data/1/file; pgrep sleep')).toEqual({ code: 1, output: 'kept\n' })
})
