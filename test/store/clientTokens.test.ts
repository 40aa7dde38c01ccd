import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Refused } from '../../src/errors/refused.ts'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { setTask } from './taskRows.ts'

describe.each(databases)('a client token on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await addHosts(opened.store, 2)
    await opened.store.packages.create(packageNamed(sampleRpm))
  })

  const accept = (body: string, by: { readonly id: number; readonly name: string } = creator) =>
    opened.operations.acceptCluster({
      request: newCluster(),
      creator: by,
      clientToken: { token: 'token-0001', body },
    })
  const codeOf = (error: unknown) => (error instanceof Refused ? error.findings[0].code : error)

  test('makes one cluster of ten requests that are sent at once', async () => {
    const accepted = await Promise.all(
      Array.from({ length: 10 }, () => accept('{"name":"terran"}')),
    )
    expect(accepted.filter(({ again }) => !again)).toHaveLength(1)
    expect(new Set(accepted.map(({ task }) => task.id)).size).toBe(1)
    expect((await opened.store.clusters.list({}, { page: 1, size: 10 })).total).toBe(1)
  })

  test('takes one of two bodies that are sent at once', async () => {
    const answers = await Promise.allSettled([accept('{"a":1}'), accept('{"a":2}')])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(
      answers.flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : [])),
    ).toEqual(['COM10005'])
  })

  test("is its user's own: another's request under it is another request", async () => {
    await accept('{"name":"terran"}')
    // The hosts are taken by now, so a new request is looked at and refused for that.
    expect(
      codeOf(
        await accept('{"name":"terran"}', { id: 201, name: 'alice' }).catch(
          (error: unknown) => error,
        ),
      ),
    ).toBe('OBE11014')
  })

  test('keeps no request in clear', async () => {
    await accept('{"password":"Hidden-word-1"}')
    expect(JSON.stringify((await opened.dump()).client_tokens)).not.toContain('Hidden-word-1')
  })

  test('of a create that FAILED, or has ended, is answered with how that task stands now', async () => {
    const { task } = await accept('{"name":"terran"}')
    for (const status of ['FAILED', 'SUCCESSFUL'] as const) {
      await setTask(opened.db, task.id, status)
      expect(await accept('{"name":"terran"}')).toMatchObject({
        again: true,
        task: { id: task.id, status },
      })
    }
  })

  test('whose cluster was rolled back, or deleted, makes a new one, of one of ten requests at once', async () => {
    const { task } = await accept('{"name":"terran"}')
    await opened.store.clusters.release(1)
    await setTask(opened.db, task.id, 'SUCCESSFUL', 'ROLLBACK')
    const accepted = await Promise.all(
      Array.from({ length: 10 }, () => accept('{"name":"terran"}')),
    )
    expect(accepted.filter(({ again }) => !again)).toHaveLength(1)
    expect(new Set(accepted.map(({ task: { clusterId } }) => clusterId))).toEqual(new Set([2]))
    await expect(accept('{"name":"other"}')).rejects.toThrow('was used for another request')
  })
})
