import { describe, expect, test } from 'vitest'
import { buildLogin, ownGreeting, parseLogin } from '../../lab/mysql/handshake.ts'

const flags = {
  longPassword: 0x1,
  database: 0x8,
  compress: 0x20,
  protocol41: 0x200,
  ssl: 0x800,
  secure: 0x8000,
  multiStatements: 0x10000,
  pluginAuth: 0x80000,
  attributes: 0x100000,
  lengthEncodedAuth: 0x200000,
  sessionTrack: 0x800000,
  deprecateEof: 0x1000000,
  queryAttributes: 0x8000000,
}
type Flag = keyof typeof flags

const always: readonly Flag[] = ['protocol41', 'secure']
const database = Buffer.from('test\0')
const plugin = Buffer.from('mysql_native_password\0')
const attributes = Buffer.from([12, 4, ...Buffer.from('_pid'), 6, ...Buffer.from('123456')])

/** A login as a client sends it: with the fields that it means to send, whatever its flags say. */
function login(named: readonly Flag[], ...fields: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(32)
  head.writeUInt32LE(
    [...always, ...named].reduce((sum, name) => sum + flags[name], 0),
    0,
  )
  return Buffer.concat([
    head,
    Buffer.from('root@sys#terran\0'),
    Buffer.from([20]),
    Buffer.alloc(20, 7),
    ...fields,
  ])
}

const offered = ownGreeting('5.6.25', 1).capabilities
const passedOn = (sent: Buffer): Buffer => {
  const parsed = parseLogin(sent, offered)
  if (!parsed) throw new Error('no login')
  return buildLogin({ ...parsed, user: 'root' })
}
const after = (sent: Buffer): Buffer => sent.subarray(32 + 'root'.length + 1 + 1 + 20)

describe('a login that is passed on carries what was offered and no more', () => {
  test.each<[string, readonly Flag[], readonly Buffer[], readonly Buffer[]]>([
    [
      'PyMySQL: attributes are flagged and not there',
      ['pluginAuth', 'attributes', 'lengthEncodedAuth'],
      [plugin],
      [plugin],
    ],
    [
      'the same with a database',
      ['database', 'pluginAuth', 'attributes'],
      [database, plugin],
      [database, plugin],
    ],
    [
      'a client whose attributes are there',
      ['pluginAuth', 'attributes'],
      [plugin, attributes],
      [plugin],
    ],
    ['a database alone', ['database'], [database], [database]],
    ['nothing beside the password', [], [], []],
    ['a plugin without its last byte', ['pluginAuth'], [plugin.subarray(0, -1)], [plugin]],
    [
      'what the front could not read',
      ['pluginAuth', 'compress', 'ssl', 'deprecateEof', 'queryAttributes'],
      [plugin],
      [plugin],
    ],
  ])('%s', (_, named, fields, expected) => {
    const sent = passedOn(login(named, ...fields))
    expect(after(sent)).toEqual(Buffer.concat(expected))
    expect(sent.readUInt32LE(0) & ~offered).toBe(0)
    for (const name of [
      'compress',
      'ssl',
      'attributes',
      'lengthEncodedAuth',
      'deprecateEof',
      'queryAttributes',
    ] as const) {
      expect(sent.readUInt32LE(0) & flags[name]).toBe(0)
    }
  })

  test('attributes that were offered are left out with their flag', () => {
    const parsed = parseLogin(
      login(['pluginAuth', 'attributes'], plugin, attributes),
      offered | flags.attributes,
    )
    expect(parsed?.tail).toEqual(plugin)
    expect((parsed?.capabilities ?? 0) & flags.attributes).toBe(0)
  })

  test('what was offered and asked for stays', () => {
    const sent = passedOn(login(['longPassword', 'multiStatements', 'pluginAuth'], plugin))
    expect(sent.readUInt32LE(0)).toBe(
      flags.longPassword +
        flags.protocol41 +
        flags.secure +
        flags.multiStatements +
        flags.pluginAuth,
    )
  })

  test('a login of before 4.1 is none', () => {
    expect(parseLogin(Buffer.alloc(20), offered)).toBeUndefined()
    expect(parseLogin(login([]), 0)).toBeUndefined()
  })
})
