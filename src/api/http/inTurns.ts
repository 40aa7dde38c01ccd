import { setImmediate as turn } from 'node:timers/promises'

const atOnce = 500

/** Maps a long list, and lets other calls have their turn in between. */
export async function inTurns<From, To>(
  items: readonly From[],
  map: (item: From, index: number) => To,
): Promise<To[]> {
  const mapped: To[] = []
  for (let start = 0; start < items.length; start += atOnce) {
    if (start > 0) await turn()
    for (const [offset, item] of items.slice(start, start + atOnce).entries())
      mapped.push(map(item, start + offset))
  }
  return mapped
}
