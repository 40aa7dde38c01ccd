import { setTimeout as delay } from 'node:timers/promises'
import { underLock } from './lock.ts'
import { assertMachine, LabError } from './machine.ts'
import { isAlive } from './processes.ts'
import { type Entry, entries, lockFile, reapAbandoned } from './registry.ts'

/**
 * Ends the lab of this name, or without a name all that `lab up` started, by asking their owners to
 * stop; and clears away what killed owners left. Gives the names of the labs that are gone. Throws
 * LabError when there is no such lab, or when its owner does not stop.
 */
export async function stopLabs(name?: string): Promise<string[]> {
  assertMachine()
  const abandoned = await underLock(lockFile(), reapAbandoned)
  const living = entries().filter((entry) =>
    name === undefined ? entry.standalone : entry.name === name,
  )
  if (name !== undefined && living.length === 0 && !abandoned.includes(name)) {
    const others = entries().map((entry) => entry.name)
    throw new LabError(
      `No lab called ${name} is up. ${others.length > 0 ? `There are: ${others.join(', ')}.` : 'There is none at all.'}`,
    )
  }
  await Promise.all(living.map(stopOwner))
  await underLock(lockFile(), reapAbandoned)
  return [...abandoned, ...living.map((entry) => entry.name)]
}

async function stopOwner({ name, owner }: Entry): Promise<void> {
  process.kill(owner.pid, 'SIGTERM')
  const deadline = Date.now() + 15_000
  while (isAlive(owner)) {
    if (Date.now() > deadline)
      throw new LabError(
        `Lab ${name} is owned by process ${owner.pid}, which did not stop within 15 s of SIGTERM.`,
      )
    await delay(20)
  }
}
