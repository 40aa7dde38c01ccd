import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { claimPort } from '../../lab/ports/claim.ts'
import { startServer } from '../../src/api/start.ts'
import { readConfig } from '../../src/config.ts'
import { openTestStore } from '../store/database.ts'
import { basic } from './server.ts'

const password = 'first-word-1'
const workflows = {
  tell: async () => undefined,
  run: async () => undefined,
  replace: async () => undefined,
  lookAtHosts: async () => [],
  health: async () => ({ temporal: 'okay', workers: 'okay' }) as const,
}

test('a call that comes before admin is made waits for that, and is not taken for a wrong password', async () => {
  const { store, close } = await openTestStore()
  const dir = await mkdtemp(join(tmpdir(), 'obflow-first-'))
  onTestFinished(async () => {
    await close()
    await rm(dir, { recursive: true })
  })
  const listen = `127.0.0.1:${await claimPort()}`
  const early = Promise.withResolvers<Response>()
  /** Slow enough that a call comes first, as on a busy machine. */
  const createOnce: typeof store.users.createOnce = async (user) => {
    const call = fetch(`http://${listen}/api/v2/compute/regions`, {
      headers: { authorization: basic('admin', password) },
    })
    early.resolve(call)
    expect(await Promise.race([call, pause(1000, 'waits')])).toBe('waits')
    return store.users.createOnce(user)
  }
  const server = await startServer({
    config: readConfig({
      OBFLOW_DATA_DIR: dir,
      OBFLOW_LISTEN: listen,
      OBFLOW_ADMIN_PASSWORD: password,
    }),
    store: { ...store, users: { ...store.users, createOnce } },
    workflows,
    onAdmin: () => undefined,
  })
  onTestFinished(() => server.close())
  expect((await early.promise).status).toBe(200)
})

test('a start that cannot make admin ends, and calls that waited for it are answered', async () => {
  const { store, close } = await openTestStore()
  const dir = await mkdtemp(join(tmpdir(), 'obflow-first-'))
  onTestFinished(async () => {
    await close()
    await rm(dir, { recursive: true })
  })
  const listen = `127.0.0.1:${await claimPort()}`
  const url = `http://${listen}/api/v2/compute/regions`
  const early = Promise.withResolvers<number>()
  const createOnce: typeof store.users.createOnce = async () => {
    early.resolve(fetch(url).then(({ status }) => status))
    throw new Error('the store is read-only')
  }
  const starting = startServer({
    config: readConfig({
      OBFLOW_DATA_DIR: dir,
      OBFLOW_LISTEN: listen,
      OBFLOW_ADMIN_PASSWORD: password,
    }),
    store: { ...store, users: { ...store.users, createOnce } },
    workflows,
    onAdmin: () => undefined,
  })
  await expect(starting).rejects.toThrow('the store is read-only')
  expect(await early.promise.catch(() => 0)).not.toBe(401)
  await expect(fetch(url)).rejects.toThrow()
})
