import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitHosts } from '../../src/activities/host/awaitHosts.ts'
import type { Node } from '../../src/activities/node.ts'
import { Secret } from '../../src/quote.ts'
import { failureOf } from '../host/hosts.ts'
import { openTestStore, type TestStore } from '../store/database.ts'
import { creator } from '../store/inventory.ts'
import { setSubtask, setTask } from '../store/taskRows.ts'

let opened: TestStore
let batch: Awaited<ReturnType<TestStore['operations']['acceptHosts']>>

beforeAll(async () => {
  opened = await openTestStore()
  await opened.store.regions.create({ name: 'hangzhou' })
  await opened.store.idcs.create({ name: 'hz2', regionId: 1 })
  await opened.store.credentials.create({
    name: 'root',
    targetType: 'HOST',
    type: 'PASSWORD',
    username: 'root',
    passphrase: new Secret('secret'),
    owner: creator,
  })
  batch = await opened.operations.acceptHosts({
    hosts: [{ innerIpAddress: '10.0.0.1' }, { innerIpAddress: '10.0.0.2' }],
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId: 1,
    credentialId: 1,
    creator,
  })
})
afterAll(() => opened.close())

/** One attempt, with no time to wait. */
const attempt = (): Promise<void> => {
  const node: Node<'tasks.preparations'> = {
    input: {
      taskId: batch.task.id,
      subtaskId: batch.task.firstSubtaskId,
      runTime: 1,
      operation: 'EXECUTE',
      workflow: 'prepareHosts',
      name: 'Wait for hosts',
      timeoutSeconds: 60,
    },
    store: opened.store,
    log: () => undefined,
    progress: () => undefined,
    signal: AbortSignal.abort(),
    host: () => Promise.reject(new Error('it needs no host')),
  }
  return awaitHosts(node)
}

test('a batch is done when all of its hosts are, fails when one is not prepared, and waits while one is worked on', async () => {
  const [first, second] = batch.tasks
  if (!first || !second) throw new Error('two tasks expected')
  expect(await failureOf(attempt())).toMatchObject({
    name: 'TransientError',
    message: `2 of 2 hosts are still being prepared: 10.0.0.1 (task ${first.id}), 10.0.0.2 (task ${second.id})`,
  })
  await setTask(opened.db, first.id, 'FAILED')
  const cause = { code: 'CMP07015', message: '10.0.0.1 refused the key of root' }
  await setSubtask(opened.db, first.firstSubtaskId, { status: 'FAILED', cause })
  expect(await failureOf(attempt())).toMatchObject({
    name: 'TransientError',
    message: `1 of 2 hosts are still being prepared: 10.0.0.2 (task ${second.id})`,
  })
  await setTask(opened.db, second.id, 'SUCCESSFUL')
  expect(await failureOf(attempt())).toMatchObject({
    kept: {
      code: 'TSK10013',
      message: `1 of 2 hosts are not prepared: 10.0.0.1 (task ${first.id}). 10.0.0.1: CMP07015 10.0.0.1 refused the key of root`,
      host: '10.0.0.1',
    },
  })
  await setTask(opened.db, first.id, 'SUCCESSFUL')
  await setSubtask(opened.db, first.firstSubtaskId, { status: 'SUCCESSFUL' })
  await attempt()
  await setTask(opened.db, first.id, 'SUCCESSFUL', 'ROLLBACK')
  expect(await failureOf(attempt())).toMatchObject({
    kept: {
      code: 'TSK10013',
      message: expect.stringContaining('its preparation was rolled back'),
    },
  })
})

test('what failed of a batch keeps no host from being removed', async () => {
  await setTask(opened.db, batch.task.id, 'RUNNING')
  await opened.store.hosts.remove(batch.hostIds)
  expect(await opened.store.hosts.get(batch.hostIds[0] ?? 0)).toBeUndefined()
})
