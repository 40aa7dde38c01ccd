import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../../src/api/app.ts'
import { hashPassword } from '../../src/api/auth/password.ts'
import { readConfig } from '../../src/config.ts'
import { Secret } from '../../src/quote.ts'
import { openStore, parseKeys } from '../../src/store/index.ts'

/** The API over a store in memory, for programs that call it; its tasks stay as they were accepted. */
export async function openAlone(settings: Readonly<Record<string, string>> = {}) {
  const password = randomBytes(12).toString('hex')
  const folder = await mkdtemp(join(tmpdir(), 'obflow-alone-'))
  const store = await openStore({ keys: parseKeys(randomBytes(32).toString('hex')) })
  const passwordHash = await hashPassword(new Secret(password))
  await store.users.createOnce({ id: 100, username: 'admin', passwordHash, roles: ['ADMIN'] })
  const { app } = await buildApp({
    store,
    config: readConfig({ OBFLOW_DATA_DIR: folder, ...settings }),
    workflows: {
      tell: async () => {},
      run: async () => ({
        runId: '',
        events: 0,
        foreign: false,
        paused: false,
        stepAttempt: 1,
        pending: [],
      }),
      replace: async () => {},
      lookAtHosts: async () => [],
      health: async () => ({ temporal: 'okay', workers: 'okay' }),
    },
  })
  return {
    app,
    folder,
    password,
    async [Symbol.asyncDispose]() {
      await app.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
