import { DefiniteError } from '../errors/failure.ts'

/** Hosts worked on at the same time by one cluster-level node. */
const width = 64

/**
 * Does `work` for every item, at most 64 at a time, and always waits for all of them, so that
 * nothing goes on behind a failed node. Throws a definite failure before a transient one: it says
 * more.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  const queue = items.entries()
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  if (failures.length > 0)
    throw failures.find((error) => error instanceof DefiniteError) ?? failures[0]
  return results
}
