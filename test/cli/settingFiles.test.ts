import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { showAlive } from '../../src/worker/alive.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obflow-settings-'))
})
afterAll(() => rm(dir, { recursive: true }))

test('a secret is read from the file that NAME_FILE names, without the line break at its end', async () => {
  const password = join(dir, 'password')
  const database = join(dir, 'database')
  await writeFile(password, ' Word 1 \n')
  await writeFile(database, 'postgresql://obflow:x@db:5432/obflow')
  const config = readConfig({
    OBFLOW_ADMIN_PASSWORD: '',
    OBFLOW_ADMIN_PASSWORD_FILE: password,
    DATABASE_URL_FILE: database,
  })
  expect(config.adminPassword?.reveal()).toBe(' Word 1 ')
  expect(config.databaseUrl).toBe('postgresql://obflow:x@db:5432/obflow')
})

test('a file that is missing, empty, or given beside the setting itself is named, and no secret is', async () => {
  const empty = join(dir, 'empty')
  await writeFile(empty, '\n')
  const wrong = (env: Record<string, string>) => () => readConfig(env)
  expect(wrong({ DATABASE_URL_FILE: join(dir, 'none') })).toThrow(
    /DATABASE_URL_FILE: .*none cannot be read: .*(ENOENT|no such)/,
  )
  expect(wrong({ OBFLOW_ADMIN_PASSWORD_FILE: empty })).toThrow(
    `OBFLOW_ADMIN_PASSWORD_FILE: ${empty} is empty`,
  )
  const both = { OBFLOW_ADMIN_PASSWORD: 'Secret-word-9', OBFLOW_ADMIN_PASSWORD_FILE: empty }
  expect(wrong(both)).toThrow('OBFLOW_ADMIN_PASSWORD is set as well')
  expect(wrong(both)).not.toThrow('Secret-word-9')
  expect(wrong({ OBFLOW_ADMIN_PASWORD_FILE: empty })).toThrow(
    'is OBFLOW_ADMIN_PASSWORD_FILE meant?',
  )
})

test('an API that others reach does not start with a password that is printed somewhere', () => {
  const given = { OBFLOW_LISTEN: '0.0.0.0:8080', OBFLOW_ADMIN_PASSWORD: 'change-me' }
  expect(() => readConfig(given)).toThrow('OBFLOW_ADMIN_PASSWORD: this one is printed')
  expect(readConfig({ ...given, OBFLOW_LISTEN: '127.0.0.1:8080' }).adminPassword).toBeDefined()
  expect(readConfig({ ...given, OBFLOW_ADMIN_PASSWORD: 'My-own-1' }).adminPassword).toBeDefined()
})

test('a worker’s file is fresh after a look that went well, stays old after one that did not, and goes with it', async () => {
  const file = join(dir, 'alive')
  const age = async () => Date.now() - (await stat(file)).mtimeMs
  const stop = showAlive({ file, look: async () => undefined })
  while (!(await stat(file).catch(() => undefined))) await new Promise(setImmediate)
  expect(await age()).toBeLessThan(30_000)
  await utimes(file, 1, 1)
  const looked = Promise.withResolvers<void>()
  const stopBad = showAlive({
    file,
    look: async () => {
      looked.resolve()
      throw new Error('PostgreSQL is away')
    },
  })
  await looked.promise
  expect(await age()).toBeGreaterThan(30_000)
  await stopBad()
  await stop()
  await expect(stat(file)).rejects.toThrow('ENOENT')
})
