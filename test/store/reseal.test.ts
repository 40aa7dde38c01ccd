import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ne } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../src/quote.ts'
import { secretOf } from '../../src/secretOf.ts'
import {
  type Keys,
  openConfiguredStore,
  parseKeys,
  type Store,
  storeOver,
} from '../../src/store/index.ts'
import * as schema from '../../src/store/schema/index.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { databases, newKeys, type TestStore } from './database.ts'
import { addHosts, creator, newCluster, packageNamed, sampleRpm } from './inventory.ts'
import { testOperations } from './operations.ts'

const [oldKey] = newKeys()
const [newKey] = newKeys()
const refs = Array.from({ length: 40 }, (_, index) => secretOf.credential(100 + index))
const open = (store: Store) =>
  Promise.all(refs.map(async (ref) => (await store.secrets.get(ref)).reveal()))

describe.each(databases)('a change of key on $name', ({ open: openDatabase }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await openDatabase()
  })
  afterAll(() => opened.close())
  beforeEach(() => opened.reset())

  /** A process that has these keys. */
  const processWith = (...keys: Keys): Store =>
    storeOver({ db: opened.db, close: async () => {} }, keys)
  const sealedWithOthers = () =>
    opened.db
      .select({ ref: schema.secrets.ref })
      .from(schema.secrets)
      .where(ne(schema.secrets.keyId, newKey.id))
  const fill = async (store: Store) => {
    for (const ref of refs) await store.secrets.put(ref, new Secret(`of ${ref}`))
  }

  test('the first key seals, all open', async () => {
    await processWith(oldKey).secrets.put('cluster/1/root', new Secret('one'))
    await processWith(newKey, oldKey).secrets.put('cluster/2/root', new Secret('two'))
    const behind = processWith(oldKey, newKey)
    expect((await behind.secrets.get('cluster/1/root')).reveal()).toBe('one')
    expect((await behind.secrets.get('cluster/2/root')).reveal()).toBe('two')
    expect(await sealedWithOthers()).toEqual([{ ref: 'cluster/1/root' }])
  })

  test('a process that does not have the key says which secret, which key, and which it has', async () => {
    await processWith(newKey).secrets.put('cluster/1/root', new Secret('one'))
    await expect(processWith(oldKey).secrets.get('cluster/1/root')).rejects.toThrow(
      `secret cluster/1/root is sealed with key ${newKey.id}, which is none of this process's (${oldKey.id})`,
    )
  })

  test('everything is sealed anew, and the old key can go', async () => {
    const before = processWith(oldKey)
    await addHosts(before, 2)
    await before.packages.create(packageNamed(sampleRpm))
    const accept = (store: Store) =>
      testOperations(store).acceptCluster({
        request: { ...newCluster(), proxyroPassword: new Secret('Proxy-word-1') },
        creator,
        clientToken: { token: 'token-0001', body: '{"name":"terran"}' },
      })
    const { task } = await accept(before)
    await before.users.createOnce({ id: 300, username: 'alice', passwordHash: '', roles: [] })
    await before.accessKeys.create(
      { id: 'AK1', userId: 300, secret: new Secret('SK-of-alice') },
      10,
    )
    const { secrets } = await opened.dump()

    expect(await processWith(newKey, oldKey).reseal()).toBe(secrets?.length)
    expect(await sealedWithOthers()).toEqual([])
    const after = processWith(newKey)
    expect((await after.secrets.get(secretOf.cluster(task.clusterId ?? 0).root)).reveal()).toBe(
      newCluster().password.reveal(),
    )
    expect((await after.secrets.get(secretOf.cluster(task.clusterId ?? 0).proxyro)).reveal()).toBe(
      'Proxy-word-1',
    )
    expect((await after.accessKeys.owner('AK1'))?.secret.reveal()).toBe('SK-of-alice')
    expect((await after.hosts.access(1)).login.secret.reveal()).toBe('host-passphrase')
    // A request that is sent again after the change is known.
    expect(await accept(after)).toMatchObject({ again: true, task: { id: task.id } })
  })

  test('what others write meanwhile is kept, and all of it is under the new key at the end', async () => {
    await fill(processWith(oldKey))
    // One was started anew already, the other has the new key behind its own still.
    const writers = [processWith(newKey, oldKey), processWith(oldKey, newKey)]
    const resealing = [processWith(newKey, oldKey).reseal(), processWith(newKey, oldKey).reseal()]
    const writing = writers.map(async (store, writer) => {
      for (const ref of refs.filter((_, index) => index % 4 === writer))
        await store.secrets.put(ref, new Secret(`new of ${ref}`))
      for (const ref of refs.filter((_, index) => index % 4 === 2))
        await store.secrets.getOrCreate(ref, () => new Secret('never'))
      await store.secrets.getOrCreate(
        `cluster/${writer}/proxyro`,
        () => new Secret(`made by ${writer}`),
      )
    })
    await Promise.all([...resealing, ...writing])

    await processWith(newKey, oldKey).reseal()
    expect(await sealedWithOthers()).toEqual([])
    const after = processWith(newKey)
    expect(await open(after)).toEqual(
      refs.map((ref, index) => (index % 4 < 2 ? `new of ${ref}` : `of ${ref}`)),
    )
    for (const writer of [0, 1])
      expect((await after.secrets.get(`cluster/${writer}/proxyro`)).reveal()).toBe(
        `made by ${writer}`,
      )
  })

  test('one that ended halfway is gone on with', async () => {
    await fill(processWith(oldKey))
    // It ends at this one: nobody gave it the key.
    const lost = refs[refs.length / 2] ?? secretOf.credential(0)
    const [lostKey] = newKeys()
    await processWith(lostKey).secrets.put(lost, new Secret(`of ${lost}`))
    await expect(processWith(newKey, oldKey).reseal()).rejects.toThrow(
      `secret ${lost} is sealed with key ${lostKey.id}`,
    )
    expect(await sealedWithOthers()).toHaveLength(refs.length / 2)
    expect(await open(processWith(newKey, oldKey, lostKey))).toEqual(refs.map((ref) => `of ${ref}`))

    expect(await processWith(newKey, oldKey, lostKey).reseal()).toBe(refs.length / 2)
    expect(await open(processWith(newKey))).toEqual(refs.map((ref) => `of ${ref}`))
  })

  test('a secret that was taken away meanwhile does not come back', async () => {
    await fill(processWith(oldKey))
    const store = processWith(newKey, oldKey)
    const removing = async () => {
      for (const ref of refs) await store.secrets.remove(ref)
    }
    await Promise.all([store.reseal(), removing()])
    expect(await opened.db.select().from(schema.secrets)).toEqual([])
  })

  test('a secret that did not change keeps its time', async () => {
    await fill(processWith(oldKey))
    const times = () =>
      opened.db
        .select({ ref: schema.secrets.ref, at: schema.secrets.updateTime })
        .from(schema.secrets)
        .orderBy(schema.secrets.ref)
    const before = await times()
    await processWith(newKey, oldKey).reseal()
    expect(await times()).toEqual(before)
  })
})

describe('keys in the configuration', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'obflow-keys-'))
    await placeEmptyDatabase(dataDir)
  })
  afterAll(() => rm(dataDir, { recursive: true }))

  const keyFile = () => join(dataDir, 'key')
  const text = () => randomBytes(32).toString('base64')
  const start = (key?: string) =>
    openConfiguredStore({
      databaseUrl: undefined,
      dataDir,
      keyFile: keyFile(),
      key: key === undefined ? undefined : new Secret(key),
    })

  test('lie between commas or on lines, in base64 or hex', () => {
    const [a, b] = [randomBytes(32), randomBytes(32)]
    const keys = parseKeys(`${a.toString('base64')}\n${b.toString('hex')}\n`)
    expect(keys.map(({ bytes }) => bytes)).toEqual([a, b])
    expect(parseKeys(`${a.toString('hex')}, ${b.toString('base64')}`)).toEqual(keys)
    for (const wrong of ['', ' \n', `${a.toString('hex')},short`])
      expect(() => parseKeys(wrong)).toThrow('must be 32 bytes')
  })

  test('an all-in-one seals anew when it starts, and does not start without the key that has sealed', async () => {
    const [first, second] = [text(), text()]
    await writeFile(keyFile(), `${first}\n`)
    const before = await start()
    await before.secrets.put('credential/1', new Secret('kept'))
    await before.close()

    const after = await start(`${second},${first}`)
    expect((await after.secrets.get('credential/1')).reveal()).toBe('kept')
    await after.close()
    await expect(start()).rejects.toThrow(
      `key ${parseKeys(second)[0].id} has sealed 1 of the store's secrets and is none of this process's (${parseKeys(first)[0].id})`,
    )
  })
})
