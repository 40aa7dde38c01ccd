import { dismantle, type Entry } from './registry.ts'

const owned = new Map<string, Entry>()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Sees to it that the lab ends with this process, however the process ends. Called again, it takes
 * the newer entry.
 */
export function own(entry: Entry): void {
  if (owned.size === 0) {
    process.on('exit', dismantleAll)
    // First in line: a listener that is called once would otherwise have left the list before it is
    // counted.
    for (const signal of signals) process.prependListener(signal, onSignal)
  }
  owned.set(entry.name, entry)
}

/** The lab is gone, or someone else's. */
export function disown(name: string): void {
  owned.delete(name)
  if (owned.size > 0) return
  process.off('exit', dismantleAll)
  for (const signal of signals) process.off(signal, onSignal)
}

function dismantleAll(): void {
  for (const entry of owned.values()) dismantle(entry)
}

/**
 * A program with signal handlers of its own stops in its own order, and the exit handler comes
 * last; any other one dies as it would have.
 */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  dismantleAll()
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
}
