import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureAdmin } from '../../src/api/admin.ts'
import { verifyPassword } from '../../src/api/password.ts'
import { readConfig } from '../../src/config.ts'
import { Secret } from '../../src/quote.ts'
import { openTestStore, type TestStore } from '../store/database.ts'

describe('the first start', () => {
  let opened: TestStore
  beforeAll(async () => {
    opened = await openTestStore()
  })
  afterAll(() => opened.close())
  beforeEach(() => opened.reset())

  const hash = async () => (await opened.store.users.byName('admin'))?.passwordHash ?? ''

  test('makes admin with the password given', async () => {
    expect(await ensureAdmin(opened.store, new Secret('given'))).toBeUndefined()
    expect(await verifyPassword(new Secret('given'), await hash())).toBe(true)
    expect(await hash()).not.toContain('given')
  })

  test('makes up a password when none is given, and only once', async () => {
    const made = await ensureAdmin(opened.store, undefined)
    expect(made && (await verifyPassword(made, await hash()))).toBe(true)
    expect(await ensureAdmin(opened.store, undefined)).toBeUndefined()
  })
})

describe('the configuration', () => {
  test('has defaults for everything', () => {
    expect(readConfig({ DATABASE_URL: '' })).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      packagesDir: '.data/packages',
      keyFile: '.data/key',
      databaseUrl: undefined,
      errorCodes: 'string',
      passwordRule: 'none',
      taskQueue: 'obflow',
    })
  })

  test('takes an IPv6 address and keeps passwords to itself', () => {
    const config = readConfig({ OBFLOW_LISTEN: '[::1]:9090', OBFLOW_ADMIN_PASSWORD: 'Hidden-word-3' })
    expect(config.listen).toEqual({ host: '::1', port: 9090 })
    expect(JSON.stringify(config)).not.toContain('Hidden-word-3')
  })

  test('takes the address that hosts reach without a slash at its end, and only of the web', () => {
    expect(readConfig({ OBFLOW_PUBLIC_URL: 'http://10.0.0.9:8080/' }).publicUrl).toBe('http://10.0.0.9:8080')
    expect(readConfig({ OBFLOW_PUBLIC_URL: '' }).publicUrl).toBeUndefined()
    expect(() => readConfig({ OBFLOW_PUBLIC_URL: 'ftp://10.0.0.9' })).toThrow('OBFLOW_PUBLIC_URL')
  })

  test('names every wrong variable', () => {
    const wrong = () => readConfig({ OBFLOW_ERROR_CODES: 'hex', DATABASE_URL: 'mysql://x', OBFLOW_LISTEN: '8080' })
    for (const name of ['OBFLOW_ERROR_CODES', 'DATABASE_URL', 'OBFLOW_LISTEN']) expect(wrong).toThrow(name)
  })
})
