import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentPackageOf } from '../../src/activities/agentPackage.ts'
import { openTestStore, type TestStore } from './database.ts'
import { addHosts, packageNamed } from './inventory.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const agent = (version: string) => ({
  ...packageNamed(`t-oceanbase-ocp-agent-${version}-20210812221645.el7.x86_64.rpm`),
  type: 'OCP_AGENT_INSTALL_PACKAGE' as const,
})

test('a host keeps the agent package that was chosen for it; one uploaded later is for hosts added later', async () => {
  const { store } = opened
  await addHosts(store, 2)
  await store.packages.create(agent('3.1.2'))
  const versionOf = async (hostId: number) => (await agentPackageOf({ store }, hostId)).version
  expect(await versionOf(1)).toBe('3.1.2')
  await store.packages.create(agent('9.9.9'))
  expect([await versionOf(1), await versionOf(2)]).toEqual(['3.1.2', '9.9.9'])
  expect(await store.packages.remove(1)).toBe('used')
  // Undone: what is installed next is chosen anew.
  await store.hosts.setAgent(1, undefined)
  expect(await versionOf(1)).toBe('9.9.9')
})
