import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agentPackageOf } from '../../src/activities/agent/agentPackage.ts'
import * as schema from '../../src/store/schema/index.ts'
import { openTestStore, type TestStore } from './database.ts'
import { addHosts, packageNamed, sampleRpm } from './inventory.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const agent = (version: string) => ({
  ...packageNamed(`t-oceanbase-ocp-agent-${version}-20210812221645.el7.x86_64.rpm`),
  type: 'OCP_AGENT_INSTALL_PACKAGE' as const,
})

beforeEach(() => opened.reset())

/** The task that prepares a host. */
async function preparing(hostId: number) {
  const { contents } = await opened.store.tasks.list({ hostId }, { page: 1, size: 1 })
  return { input: { ...aNode, taskId: contents[0]?.id ?? 0 }, store: opened.store }
}
const aNode = {
  subtaskId: 1,
  runTime: 1,
  operation: 'EXECUTE',
  workflow: 'prepareHost',
  name: 'Install ocp agent',
  timeoutSeconds: 60,
} as const
const versionOf = async (hostId: number) =>
  (await agentPackageOf(await preparing(hostId), hostId)).version

test('a host keeps the agent package that was chosen for it; one uploaded later is for hosts added later', async () => {
  const { store } = opened
  await addHosts(store, 2)
  await store.packages.create(agent('3.1.2'))
  expect(await versionOf(1)).toBe('3.1.2')
  await store.packages.create(agent('9.9.9'))
  expect([await versionOf(1), await versionOf(2)]).toEqual(['3.1.2', '9.9.9'])
  expect(await store.packages.remove(1)).toBe('used')
  // Undone: what is installed next is chosen anew.
  await store.hosts.setAgent(1, undefined)
  expect(await versionOf(1)).toBe('9.9.9')
})

test('versions of OCP’s agent and of obagent are not compared: the product uploaded last counts', async () => {
  const { store } = opened
  await addHosts(store, 3)
  const obagent = {
    ...packageNamed('obagent-4.2.2-100000042024011120.el7.x86_64.rpm'),
    type: 'OCP_AGENT_INSTALL_PACKAGE' as const,
  }
  await store.packages.create(agent('4.2.0'))
  await store.packages.create(obagent)
  expect(await versionOf(1)).toBe('4.2.2')
  await store.packages.create(agent('3.1.2'))
  expect(await versionOf(2)).toBe('4.2.0')
})

test('the newest agent package of a user who is no ADMIN goes to that user’s own hosts only', async () => {
  const { store } = opened
  await addHosts(store, 2)
  await store.packages.create({ ...agent('9.9.9'), uploaderId: 7, byAdmin: false })
  await expect(versionOf(1)).rejects.toMatchObject({ reason: { code: 'PKG10014' } })
  await store.packages.create(agent('3.1.2'))
  expect(await versionOf(1)).toBe('3.1.2')
  const { input } = await preparing(2)
  await opened.db
    .update(schema.tasks)
    .set({ creatorId: 7 })
    .where(eq(schema.tasks.id, input.taskId))
  expect(await versionOf(2)).toBe('9.9.9')
})

test('a host that is added with an agent package gets that one, and no other kind of package', async () => {
  const { store } = opened
  const [first = 0] = await addHosts(store, 1)
  await store.packages.create(agent('9.9.9'))
  await store.packages.create({ ...agent('3.1.2'), uploaderId: 7, byAdmin: false })
  await store.packages.create(packageNamed(sampleRpm))
  const request = {
    hosts: [{ innerIpAddress: '10.0.0.9' }],
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    credentialId: 1,
    creator: { id: 100, name: 'admin' },
  } as const
  for (const agentPackageId of [3, 4])
    await expect(
      opened.operations.acceptHosts({ ...request, agentPackageId }),
    ).rejects.toMatchObject({
      findings: [{ code: 'COM10002', field: 'agentPackageId', rejected: agentPackageId }],
    })
  const { hostIds } = await opened.operations.acceptHosts({ ...request, agentPackageId: 2 })
  expect(await versionOf(hostIds[0] ?? 0)).toBe('3.1.2')
  expect(await versionOf(first)).toBe('9.9.9')
})
