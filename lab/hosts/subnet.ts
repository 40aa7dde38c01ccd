import { networkInterfaces } from 'node:os'
import { LabError } from './machine.ts'

/**
 * Kept labs and passing ones draw from different ranges, so that a test never takes the address of
 * a demo that is only asleep.
 */
const ranges = { kept: '10.68', passing: '10.69' } as const

/**
 * Picks `10.x.y` that neither another lab nor an interface of this machine uses. Call it under the
 * lock.
 */
export function freePrefix(keep: boolean, taken: readonly string[]): string {
  const used = new Set([...taken, ...ownPrefixes()])
  const range = keep ? ranges.kept : ranges.passing
  const candidates = Array.from({ length: 254 }, (_, index) => `${range}.${index + 1}`)
  const free = candidates.find((prefix) => !used.has(prefix))
  if (!free)
    throw new LabError(
      `All networks ${range}.1 to ${range}.254 are in use. Stop labs that are no longer needed: \`lab down\`.`,
    )
  return free
}

/**
 * Refuses a kept lab's own network when something else has it now: hosts must come back with the
 * addresses they had.
 */
export function assertFree(prefix: string, taken: readonly string[]): void {
  if (taken.includes(prefix) || ownPrefixes().includes(prefix)) {
    throw new LabError(
      `The network ${prefix}.0/24 of this lab is in use by another lab or interface. Stop that one first: \`lab down\`.`,
    )
  }
}

function ownPrefixes(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map((address) => address.address.split('.').slice(0, 3).join('.'))
}
