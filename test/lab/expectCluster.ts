import { expect } from 'vitest'
import { clusterComplaints, type Expected } from '../../lab/clusterCheck.ts'

/** Fails with everything that is not as it should be. */
export async function expectCluster(expected: Expected): Promise<void> {
  expect(await clusterComplaints(expected)).toEqual([])
}
