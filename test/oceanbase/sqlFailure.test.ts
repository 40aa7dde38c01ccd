import { describe, expect, it } from 'vitest'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import {
  NothingListens,
  PassingSqlError,
  SqlError,
  type SqlTarget,
} from '../../src/oceanbase/sql/sql.ts'
import { sqlFailure } from '../../src/oceanbase/sql/sqlFailure.ts'
import { Secret } from '../../src/quote.ts'

const target: SqlTarget = {
  ip: '10.0.0.1',
  port: 2881,
  username: 'root@sys',
  password: new Secret('Root-words-12'),
}

/** What the driver throws when a server refuses with this number. */
const refused = (errno: number, words = 'no') =>
  Object.assign(new Error(words), { errno, sqlState: 'HY000' })

const failure = (error: unknown): Error =>
  sqlFailure(error, 'SELECT 1', target, (text) => text.replaceAll('Root-words-12', '***'))

describe('a refusal of a server', () => {
  it.each([
    1040, 1053, 4006, 4012, 4023, 4038, 4209, 4225, 4242, 4265, 4283, 4346, 4383, 4390, 4550, 4638,
    4653, 4654, 4719, 4721, 4722, 4723, 4725, 4743, 4767, 5150, 5627, 8001, 8002,
  ])('%i passes by itself', (errno) => {
    const error = failure(refused(errno))
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toBeInstanceOf(PassingSqlError)
    expect(error).toMatchObject({ errno })
  })

  it.each([1049, 1064, 1146, 4005, 4015, 4016, 4213, 5019])(
    '%i is the server’s own no',
    (errno) => {
      const error = failure(refused(errno))
      expect(error).toBeInstanceOf(SqlError)
      expect(error).toMatchObject({ errno, reason: { code: 'OBE10002', host: '10.0.0.1' } })
    },
  )

  it('1045 names the user and what to check, and never the password', () => {
    const error = failure(refused(1045, "Access denied, password 'Root-words-12'"))
    expect(error).toBeInstanceOf(DefiniteError)
    expect(error).toMatchObject({ reason: { code: 'OBE12000' } })
    expect(error.message).toContain('root@sys')
    expect(error.message).not.toContain('Root-words-12')
  })
})

it('a port on which nothing listens is told from other trouble of the network', () => {
  const nothing = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(failure(nothing)).toBeInstanceOf(NothingListens)
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  expect(failure(reset)).not.toBeInstanceOf(NothingListens)
  expect(failure(reset)).toBeInstanceOf(TransientError)
})
