import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'

describe.each(databases)('the list of tasks on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
    await addHosts(opened.store, 3)
    await opened.store.packages.create(packageNamed(sampleRpm))
    for (const [index, name] of ['terran', 'Zerg_1', 'zergX1'].entries()) {
      const zones = [{ name: 'zone1', idcName: 'hz2', servers: [index + 1] }]
      await opened.operations.acceptCluster({ request: newCluster({ name, zones }), creator })
    }
  })
  afterAll(() => opened.close())

  const named = async (clusterName: string) => {
    const { contents } = await opened.store.tasks.list({ clusterName }, { page: 1, size: 10 })
    return contents.flatMap((task) => (task.clusterName === null ? [] : [task.clusterName]))
  }

  test('a line shows what the task itself does, subtasks in order', async () => {
    const { contents, total } = await opened.store.tasks.list(
      { name: 'create' },
      { page: 1, size: 2 },
    )
    expect(total).toBe(3)
    expect(contents.map(({ clusterName }) => clusterName)).toEqual(['zergX1', 'Zerg_1'])
    for (const line of contents) expect(await opened.store.tasks.get(line.id)).toMatchObject(line)
  })

  test('a page beyond the last is empty and says how many there are', async () => {
    const list = (clusterName: string, page: number) =>
      opened.store.tasks.list({ clusterName }, { page, size: 2 })
    expect(await list('e', 3)).toEqual({ contents: [], total: 3 })
    expect(await list('protoss', 1)).toEqual({ contents: [], total: 0 })
  })

  test('names are found by a part of them in any case, and what is a wildcard elsewhere stands for itself', async () => {
    expect(await named('ZERG')).toEqual(['zergX1', 'Zerg_1'])
    expect(await named('g_1')).toEqual(['Zerg_1'])
    expect(await named('%')).toEqual([])
    expect(await named('')).toHaveLength(3)
  })
})
