export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Verdict {
  readonly ok: boolean
  /** What is wrong that the counts do not say. */
  readonly remark?: string
  /** The closing line. */
  readonly line: string
}

/**
 * What a test run amounts to. Nothing run, something skipped that nobody left out by name, or a
 * runner that failed beside the tests is no success.
 */
export function verdict(
  counts: Counts | undefined,
  runnerOk: boolean,
  chosenByName = false,
): Verdict {
  if (!counts) return { ok: false, remark: 'The tests gave no result.', line: '0 passed, 1 failed' }
  const { passed, failed, skipped } = counts
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  if (failed > 0) return { ok: false, line }
  if (passed === 0) return { ok: false, remark: 'No test was run.', line }
  if (skipped > 0 && !chosenByName)
    return { ok: false, remark: 'Tests were skipped; each has to run.', line }
  if (!runnerOk)
    return {
      ok: false,
      remark: 'Every test passed, but a test file or the runner itself failed; see above.',
      line: `${passed} passed, 1 failed`,
    }
  return { ok: true, line }
}
