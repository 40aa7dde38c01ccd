import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs `work` while no other process of this machine does so under the same file; a lock of the
 * kernel's, so it never outlives its holder.
 */
export async function underLock<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const released = once(holder, 'close')
  await once(holder.stdout, 'data')
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await released
  }
}
