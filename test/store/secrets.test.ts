import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/quote.ts'
import { keysFromFile, storeOver } from '../../src/store/index.ts'
import { databases, newKeys, type TestStore } from './database.ts'

describe.each(databases)('secrets on $name', ({ open }) => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())

  test('a secret comes back only as a Secret', async () => {
    await opened.store.secrets.put('cluster/22/root', new Secret('päss\n"word'))
    const secret = await opened.store.secrets.get('cluster/22/root')
    expect(secret.reveal()).toBe('päss\n"word')
    expect(inspect(secret)).toBe('***')
  })

  test('all who want a new secret at the same time get the same', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, () =>
        opened.store.secrets.getOrCreate('cluster/22/proxyro', () => new Secret(randomUUID())),
      ),
    )
    expect(new Set(made.map((secret) => secret.reveal())).size).toBe(1)
  })

  test('a secret moved to another reference or opened with another key is refused', async () => {
    await opened.store.secrets.put('credential/1', new Secret('one'))
    await opened.db.execute(
      sql`insert into secrets (ref, key_id, sealed) select 'credential/2', key_id, sealed from secrets where ref = 'credential/1'`,
    )
    await expect(opened.store.secrets.get('credential/2')).rejects.toThrow()
    const stranger = storeOver({ db: opened.db, close: async () => {} }, newKeys())
    await expect(stranger.secrets.get('credential/1')).rejects.toThrow(
      /is sealed with key \w+, which is none of this process's/,
    )
  })

  test('what is below a reference is forgotten, what only looks alike is not', async () => {
    await opened.store.secrets.put('cluster/2/root', new Secret('kept'))
    await opened.store.secrets.removeBelow('cluster/22/')
    await expect(opened.store.secrets.get('cluster/22/root')).rejects.toThrow('is not in the store')
    expect((await opened.store.secrets.get('cluster/2/root')).reveal()).toBe('kept')
  })
})

describe('the key file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'obflow-key-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is made once, readable by its owner only, and the same for all who start together', async () => {
    const path = join(folder, 'deep', 'key')
    const keys = await Promise.all(Array.from({ length: 5 }, () => keysFromFile(path)))
    expect(new Set(keys.map(([key]) => key.id)).size).toBe(1)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await keysFromFile(path)).toEqual(keys[0])
    expect(Buffer.from(await readFile(path, 'utf8'), 'base64')).toHaveLength(32)
  })
})
