import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as bundle from './bundle.ts'
import * as emptyDatabase from './emptyDatabase.ts'

/** Vitest's global set-up: what a whole run makes once. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'obflow-test-'))
  const remove = () => rm(folder, { recursive: true })
  const made = await Promise.allSettled([bundle.setup(folder), emptyDatabase.setup(folder)])
  const failed = made.find((one) => one.status === 'rejected')
  if (failed === undefined) return remove
  await remove()
  throw failed.reason
}
