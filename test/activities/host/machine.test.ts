import { afterAll, beforeAll, expect, test } from 'vitest'
import { relativesOf } from '../../../src/activities/cluster/relatives.ts'
import { preCheckHost } from '../../../src/activities/host/preCheckHost.ts'
import type { PreparedHostNode } from '../../../src/activities/node.ts'
import { TransientError } from '../../../src/errors/failure.ts'
import { asIs } from '../../../src/errors/say.ts'
import { Secret } from '../../../src/quote.ts'
import { createTestHosts, failureOf } from '../../host/hosts.ts'
import { startSshd, type TestSshd } from '../../host/sshd.ts'
import { openTestStore, type TestStore } from '../../store/database.ts'
import { creator } from '../../store/inventory.ts'

let opened: TestStore
let one: TestSshd
let other: TestSshd
const { pool, session } = createTestHosts()

beforeAll(async () => {
  ;[opened, one, other] = await Promise.all([openTestStore(), startSshd(), startSshd()])
  const { store } = opened
  await store.regions.create({ name: 'hangzhou' })
  await store.idcs.create({ name: 'hz2', regionId: 1 })
  const passphrase = new Secret(one.access().login.secret.reveal())
  await store.credentials.create({
    name: 'root',
    targetType: 'HOST',
    type: 'PRIVATE_KEY',
    username: 'root',
    passphrase,
    owner: creator,
  })
})
afterAll(async () => {
  await pool.close()
  await Promise.all([one.stop(), other.stop(), opened.close()])
})

const addHost = async (sshd: TestSshd, innerIpAddress: string): Promise<number> => {
  const { sshPort } = sshd.access()
  const request = {
    sshPort,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    credentialId: 1,
    creator,
  } as const
  const { hostIds } = await opened.operations.acceptHosts({
    ...request,
    hosts: [{ innerIpAddress }],
  })
  return hostIds[0] ?? 0
}

/** "Pre check for create host" of a host that sshd answers for. */
const nodeOf = (
  sshd: TestSshd,
  hostId: number,
  ip: string,
): PreparedHostNode<'hosts.setFacts' | 'hosts.setMachine' | 'hosts.relatives'> => {
  const { store } = opened
  const target = pool.host(sshd.access({ id: hostId, ip }), session())
  const input = {
    taskId: 1,
    subtaskId: 1,
    runTime: 1,
    operation: 'EXECUTE',
    workflow: 'prepareHost',
    name: 'Pre check',
    timeoutSeconds: 60,
  } as const
  const progress = () => undefined
  return {
    input,
    store,
    progress,
    hostId,
    target,
    ...session(),
    host: async (id) => pool.host(await store.hosts.access(id), session()),
  }
}

test('a second address of a machine is refused as a host and named, whatever its key and name; another machine is not', async () => {
  const first = await addHost(one, '127.0.0.1')
  await preCheckHost(nodeOf(one, first, '127.0.0.1'))
  const second = await addHost(one, '127.0.0.2')
  expect(await failureOf(preCheckHost(nodeOf(one, second, '127.0.0.2')))).toMatchObject({
    kept: {
      code: 'COM10006',
      message: '127.0.0.2 is another address of the machine that is host 127.0.0.1 (id 1) already',
    },
  })
  await preCheckHost(nodeOf(one, first, '127.0.0.1')).catch(() => undefined)
  const third = await addHost(other, '127.0.0.3')
  await preCheckHost(nodeOf(other, third, '127.0.0.1'))
  const [a, b, c] = await Promise.all(
    [first, second, third].map((id) => opened.store.hosts.get(id)),
  )
  expect(a?.bootId).toBe(b?.bootId)
  expect(c?.bootId).not.toBe(a?.bootId)
})

test('of hosts with the same machine-id one that has rebooted since is the same machine, one with a boot of its own is a clone', async () => {
  const { store } = opened
  const known = { machineId: 'c0ffee', bootId: 'before' }
  for (const id of [1, 2, 3]) await store.hosts.setMachine(id, known)
  const now: Record<number, string> = { 1: 'c0ffee now', 2: 'c0ffee of-the-clone' }
  const host = async (id: number) => {
    const answer = now[id]
    if (answer === undefined) throw new TransientError(asIs('it is off'))
    return { must: async () => answer }
  }
  const own = { machineId: 'c0ffee', bootId: 'now' }
  const { twins, clones } = await relativesOf({ hostId: 4, store, host }, own)
  expect([twins, clones].map((relatives) => relatives.map(({ id }) => id))).toEqual([[1], [2, 3]])
  expect(await relativesOf({ hostId: 4, store, host }, { machineId: '', bootId: '' })).toEqual({
    twins: [],
    clones: [],
  })
})
