import { expect, it } from 'vitest'
import { verdict } from '../../tools/verdict.ts'

const counts = { passed: 3, failed: 0, skipped: 0 }

it.each([
  ['every test passed', counts, true, false, { ok: true, line: '3 passed, 0 failed' }],
  ['one failed', { ...counts, failed: 1 }, true, false, { ok: false, line: '3 passed, 1 failed' }],
  ['none ran', { ...counts, passed: 0 }, true, false, { ok: false, line: '0 passed, 0 failed' }],
  [
    'one was skipped',
    { ...counts, skipped: 1 },
    true,
    false,
    { ok: false, line: '3 passed, 0 failed, 1 skipped' },
  ],
  [
    'others were left out by name',
    { ...counts, skipped: 1 },
    true,
    true,
    { ok: true, line: '3 passed, 0 failed, 1 skipped' },
  ],
  ['the runner failed', counts, false, false, { ok: false, line: '3 passed, 1 failed' }],
  ['there is no result', undefined, true, true, { ok: false, line: '0 passed, 1 failed' }],
] as const)('when %s', (_, found, runnerOk, chosenByName, expected) => {
  expect(verdict(found, runnerOk, chosenByName)).toMatchObject(expected)
})
