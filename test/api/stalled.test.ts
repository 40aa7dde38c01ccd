import { describe, expect, it } from 'vitest'
import { type RunLook, stalled } from '../../src/api/engine/stalled.ts'

const run = (change: Partial<RunLook>): RunLook => ({
  runId: 'run',
  events: 40,
  foreign: false,
  paused: false,
  stepAttempt: undefined,
  pending: [],
  ...change,
})
const many = (count: number): string[] => Array.from({ length: count }, () => 'installRpm')

describe('a run', () => {
  it('that does what is due goes on', () => {
    expect(stalled(run({ pending: many(2) }), many(2))).toBeUndefined()
  })

  it('that does less than is due stands still', () => {
    expect(stalled(run({ pending: many(1) }), many(2))).toBe(
      'installRpm is due, and nothing of it is under way',
    )
  })

  it('of a wide task goes on while it does as much as a run may', () => {
    expect(stalled(run({ pending: many(400) }), many(1554))).toBeUndefined()
    expect(stalled(run({ pending: many(399) }), many(1554))).toBeDefined()
  })

  it('is given a few attempts at its next step', () => {
    expect(stalled(run({ stepAttempt: 4 }), many(1))).toBeUndefined()
    expect(stalled(run({ stepAttempt: 5 }), many(1))).toBe('its step failed 5 times')
  })
})
