import { readFileSync } from 'node:fs'

/**
 * A process beyond doubt: numbers are given again, a number together with its start time is not.
 */
export interface ProcessId {
  readonly pid: number
  /** Clock ticks since the machine started, as text: field 22 of /proc/<pid>/stat. */
  readonly start: string
}

/** The process that has this number now, or undefined when none has. A zombie counts as gone. */
export function processId(pid: number): ProcessId | undefined {
  try {
    // The name, field 2, may hold blanks and brackets itself; what follows its last bracket is
    // regular and begins with field 3.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const start = fields[19]
    return start === undefined || fields[0] === 'Z' ? undefined : { pid, start }
  } catch {
    return undefined
  }
}

export function isAlive(process: ProcessId): boolean {
  return processId(process.pid)?.start === process.start
}

/** Sends SIGKILL to those that still live, and names them. */
export function kill(processes: readonly ProcessId[]): ProcessId[] {
  const living = processes.filter(isAlive)
  for (const { pid } of living) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in between.
    }
  }
  return living
}

/** Like kill, and waits, blocking and at most five seconds, until all are gone. */
export function killAll(processes: readonly ProcessId[]): void {
  const killed = kill(processes)
  const clock = new Int32Array(new SharedArrayBuffer(4))
  const deadline = Date.now() + 5000
  while (killed.some(isAlive) && Date.now() < deadline) Atomics.wait(clock, 0, 0, 2)
}
