import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adminNotice, ensureAdmin } from '../../src/api/auth/admin.ts'
import { verifyPassword } from '../../src/api/auth/password.ts'
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
    expect(await ensureAdmin(opened.store, new Secret('given'))).toEqual({
      kind: 'made',
      password: undefined,
    })
    expect(await verifyPassword(new Secret('given'), await hash())).toBe(true)
    expect(await hash()).not.toContain('given')
  })

  test('makes up a password when none is given, and only once', async () => {
    const made = await ensureAdmin(opened.store, undefined)
    const password = made.kind === 'made' ? made.password : undefined
    expect(password && (await verifyPassword(password, await hash()))).toBe(true)
    expect(await ensureAdmin(opened.store, undefined)).toEqual({ kind: 'there', differs: false })
  })

  test('says that a password given later does not count, and how a new one is set', async () => {
    await ensureAdmin(opened.store, new Secret('the first'))
    expect(adminNotice(await ensureAdmin(opened.store, new Secret('the first')))).toBeUndefined()
    const notice = adminNotice(await ensureAdmin(opened.store, new Secret('another one')))
    expect(notice).toContain('obflow password admin')
    expect(notice).not.toContain('another one')
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
    const config = readConfig({
      OBFLOW_LISTEN: '[::1]:9090',
      OBFLOW_ADMIN_PASSWORD: 'Hidden-word-3',
    })
    expect(config.listen).toEqual({ host: '::1', port: 9090 })
    expect(JSON.stringify(config)).not.toContain('Hidden-word-3')
  })

  test('takes the address that hosts reach without a slash at its end, and only of the web', () => {
    expect(readConfig({ OBFLOW_PUBLIC_URL: 'http://10.0.0.9:8080/' }).publicUrl).toBe(
      'http://10.0.0.9:8080',
    )
    expect(readConfig({ OBFLOW_PUBLIC_URL: '' }).publicUrl).toBeUndefined()
    expect(() => readConfig({ OBFLOW_PUBLIC_URL: 'ftp://10.0.0.9' })).toThrow('OBFLOW_PUBLIC_URL')
  })

  test.each([
    [
      { OBFLOW_LISTN: '127.0.0.1:1' },
      'OBFLOW_LISTN is not a setting of obflow; is OBFLOW_LISTEN meant?',
    ],
    [{ OBFLOW_ADMIN_PASWORD: 'x' }, 'is OBFLOW_ADMIN_PASSWORD meant?'],
    [{ OBFLOW_COLOUR_OF_THE_UI: 'x' }, 'OBFLOW_COLOUR_OF_THE_UI is not a setting of obflow'],
  ])('refuses a name that it does not know, with the nearest one: %j', (env, said) => {
    expect(() => readConfig(env)).toThrow(said)
  })

  test("takes names of the command line, of compose and of the lab for what they are: others' settings", () => {
    const others = {
      OBFLOW_URL: 'x',
      OBFLOW_USER: 'x',
      OBFLOW_PASSWORD: 'x',
      OBFLOW_PUBLISH: 'x',
      OBFLOW_LAB_SEEKDB: 'x',
    }
    expect(readConfig(others).taskQueue).toBe('obflow')
  })

  test.each([
    [
      { DATABASE_URL: 'mysql://zealot:hidden-word@h/x' },
      'DATABASE_URL: must begin with postgresql://',
    ],
    [{ DATABASE_URL: 'postgresql://' }, 'DATABASE_URL: must name a host'],
    [
      { OBFLOW_LISTEN: '8081' },
      'OBFLOW_LISTEN: must be an address and a port, e.g. 127.0.0.1:8081',
    ],
    [{ OBFLOW_LISTEN: '127.0.0.1:70000' }, 'OBFLOW_LISTEN: must be an address and a port'],
    [{ OBFLOW_ACTIVITIES: 'many' }, 'OBFLOW_ACTIVITIES: must be a whole number from 1'],
    [{ OBFLOW_ERROR_CODES: 'hex' }, 'OBFLOW_ERROR_CODES: must be int or string'],
    [{ OBFLOW_PUBLIC_URL: 'here' }, 'OBFLOW_PUBLIC_URL: must begin with http:// or https://'],
  ])('says in one plain sentence what is wrong with %j', (env, said) => {
    const wrong = () => readConfig(env)
    expect(wrong).toThrow(said)
    expect(wrong).not.toThrow('hidden-word')
  })

  test('names every wrong variable', () => {
    const wrong = () =>
      readConfig({ OBFLOW_ERROR_CODES: 'hex', DATABASE_URL: 'mysql://x', OBFLOW_LISTEN: '8080' })
    for (const name of ['OBFLOW_ERROR_CODES', 'DATABASE_URL', 'OBFLOW_LISTEN'])
      expect(wrong).toThrow(name)
  })
})
