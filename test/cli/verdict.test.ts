import { describe, expect, test } from 'vitest'
import { verdict } from '../../tools/verdict.ts'

describe('the closing line of a test run', () => {
  test('counts what passed', () => {
    expect(verdict({ passed: 12, failed: 0, skipped: 0 }, true)).toEqual({
      ok: true,
      line: '12 passed, 0 failed',
    })
  })

  test.each([
    ['a test failed', { passed: 11, failed: 1, skipped: 0 }, false, '11 passed, 1 failed'],
    ['nothing ran', { passed: 0, failed: 0, skipped: 0 }, true, '0 passed, 0 failed'],
    [
      'a test was skipped',
      { passed: 11, failed: 0, skipped: 1 },
      true,
      '11 passed, 0 failed, 1 skipped',
    ],
    [
      'a test file could not be loaded',
      { passed: 11, failed: 0, skipped: 0 },
      false,
      '11 passed, 1 failed',
    ],
    ['the runner left no result', undefined, false, '0 passed, 1 failed'],
  ])('is no success when %s', (_, counts, runnerOk, line) => {
    expect(verdict(counts, runnerOk)).toMatchObject({ ok: false, line })
  })
})
