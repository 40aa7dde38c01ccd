import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { passwordCheck } from '../../src/api/auth/basicLogin.ts'
import { hashPassword } from '../../src/api/auth/password.ts'
import { Secret } from '../../src/quote.ts'
import { databases, type TestStore } from '../store/database.ts'

const minutes = 60_000
const home = '10.0.0.1'
const elsewhere = '10.0.0.2'

describe.each(databases)('wrong passwords on $name', ({ open }) => {
  let opened: TestStore
  let passwordHash: string
  let now: Date
  let check: ReturnType<typeof passwordCheck>
  beforeAll(async () => {
    opened = await open()
    passwordHash = await hashPassword(new Secret('right'))
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    for (const [id, username] of [
      [100, 'admin'],
      [201, 'alice'],
    ] as const) {
      await opened.store.users.createOnce({ id, username, roles: [], passwordHash })
    }
    now = new Date('2026-01-02T03:04:05Z')
    check = passwordCheck(opened.store, () => now)
  })

  const later = (after: number) => {
    now = new Date(now.getTime() + after)
  }
  /** What a login comes to: the user's name, or code and argument of the refusal. */
  const login = async (password: string, { username = 'admin', address = home, by = check } = {}) =>
    by({ username, password: new Secret(password) }, address).then(
      (user) => user.username,
      (error: unknown) => {
        const [{ code, args }] = (error as { findings: [{ code: string; args: number[] }] })
          .findings
        return `${code} ${args[0]}`
      },
    )
  const guess = async (count: number, options?: Parameters<typeof login>[1]) => {
    for (let each = 0; each < count; each += 1) await login(`wrong-${each}`, options)
  }

  test('are counted down, and the fifth locks the user for 30 minutes', async () => {
    const answers: string[] = []
    for (let count = 0; count < 6; count += 1) answers.push(await login('wrong'))
    expect(answers).toEqual([
      'IAM10004 4',
      'IAM10004 3',
      'IAM10004 2',
      'IAM10004 1',
      'IAM10004 0',
      'IAM10007 30',
    ])
    later(29 * minutes)
    expect(await login('right')).toBe('IAM10007 1')
    later(1 * minutes)
    expect(await login('right')).toBe('admin')
  })

  test('are forgotten after a right one', async () => {
    await guess(4)
    expect(await login('right')).toBe('admin')
    expect(await login('wrong')).toBe('IAM10004 4')
  })

  test('of a user that is not there are answered the same', async () => {
    const answers: string[] = []
    for (let count = 0; count < 6; count += 1)
      answers.push(await login('wrong', { username: 'nobody' }))
    expect(answers).toEqual([
      'IAM10004 4',
      'IAM10004 3',
      'IAM10004 2',
      'IAM10004 1',
      'IAM10004 0',
      'IAM10007 30',
    ])
  })

  test('lock that user only', async () => {
    await guess(5)
    expect(await login('right', { username: 'alice' })).toBe('alice')
  })

  test('are counted by all API processes together', async () => {
    const other = passwordCheck(opened.store, () => now)
    await guess(3)
    await guess(2, { username: 'admin', address: home, by: other })
    expect(await login('right')).toBe('IAM10007 30')
    expect(await login('right', { username: 'admin', address: home, by: other })).toBe(
      'IAM10007 30',
    )
  })

  test('sent all at once are counted one by one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => login(`wrong-${index}`)),
    )
    expect(answers.filter((answer) => answer.startsWith('IAM10004'))).toHaveLength(5)
    expect(answers.filter((answer) => answer.startsWith('IAM10007'))).toHaveLength(3)
  })

  test('of a stranger lock the user at the address of the stranger only', async () => {
    await guess(5, { address: elsewhere })
    expect(await login('right', { address: elsewhere })).toBe('IAM10007 30')
    expect(await login('right')).toBe('admin')
  })

  test('of a name that looks like user and address of another lock nobody else', async () => {
    await guess(8, { username: `admin@${home}`, address: elsewhere })
    await guess(8, { username: `from/${home}/admin`, address: elsewhere })
    expect(await login('right')).toBe('admin')
  })

  test('never stop a login that was right before, wherever they come from', async () => {
    expect(await login('right')).toBe('admin')
    await guess(8)
    await guess(8, { address: elsewhere })
    expect(await login('wrong')).toBe('IAM10007 30')
    expect(await login('right')).toBe('admin')
  })

  test('from many addresses lock the user for those that did not log in before', async () => {
    expect(await login('right')).toBe('admin')
    for (let network = 0; network < 10; network += 1)
      await guess(5, { address: `10.1.0.${network}` })
    expect(await login('right', { address: elsewhere })).toBe('IAM10007 30')
    expect(await login('right')).toBe('admin')
  })

  test('of many kinds in a minute are looked at no more, so that a remembered one is not guessed', async () => {
    const connection = {}
    const over = (socket?: object) =>
      check({ username: 'admin', password: new Secret('right') }, home, socket).then(
        (user) => user.username,
        () => 'refused',
      )
    expect(await over(connection)).toBe('admin')
    await guess(30)
    expect(await over()).toBe('refused')
    expect(await over(connection)).toBe('admin')
    later(1 * minutes)
    expect(await over()).toBe('admin')
  })

  test('that a client repeats are one guess: its right siblings go on', async () => {
    expect(await login('right')).toBe('admin')
    for (let count = 0; count < 30; count += 1) await login('stale')
    expect(await login('right')).toBe('admin')
  })

  test('from one address, under whatever names, lock out nobody else behind it', async () => {
    for (const username of ['a', 'b', 'c', 'd', 'e']) await guess(5, { username })
    expect(await login('right')).toBe('admin')
    expect(await login('right', { username: 'alice' })).toBe('alice')
  })

  test('leave no rows behind for ever', async () => {
    await guess(1, { username: 'once' })
    later(31 * minutes)
    await guess(1, { username: 'again' })
    expect((await opened.dump()).login_failures).toHaveLength(2)
  })

  test('many right logins at once are all let in', async () => {
    expect(await Promise.all(Array.from({ length: 10 }, () => login('right')))).toEqual(
      Array(10).fill('admin'),
    )
  })
})
