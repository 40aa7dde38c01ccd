import * as bundle from './bundle.ts'
import * as emptyDatabase from './emptyDatabase.ts'

/** Vitest's global set-up: what a whole run makes once, both at the same time. */
export async function setup(): Promise<() => Promise<unknown>> {
  const removals = await Promise.all([bundle.setup(), emptyDatabase.setup()])
  return () => Promise.all(removals.map((remove) => remove()))
}
