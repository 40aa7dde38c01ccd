import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { places } from '../hosts/machine.ts'
import { run } from '../hosts/run.ts'
import { madeStore, runKernel } from '../observer/kernel.ts'

const program = join(places.kernel, 'seekdb')

/** Goes on setting up for seconds after it greets; below a tenth of a core it is done. */
const idleCores = 0.1
const lookMs = 1000
const longestMs = 60_000

/** Makes, once, the store that every observer's kernel begins with. */
export async function makeStore(): Promise<void> {
  const made = join(places.kernel, madeStore)
  if (existsSync(made) || !existsSync(program)) return
  const work = mkdtempSync(join(places.rpms, '.build-'))
  try {
    const folder = join(work, 'store')
    const kernel = await runKernel(program, folder)
    try {
      const { pid } = kernel.process
      if (pid !== undefined) await idle(pid)
    } finally {
      await kernel.stop()
    }
    // tar leaves out holes, and only a copy has them: the kernel fills its files with zeros.
    const sparse = join(work, 'sparse')
    await run(['cp', '-r', '--sparse=always', '-T', folder, sparse])
    const archive = join(work, madeStore)
    await run(['tar', '--sparse', '-czf', archive, '-C', sparse, 'etc', 'store'])
    renameSync(archive, made)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function idle(pid: number): Promise<void> {
  const end = Date.now() + longestMs
  for (let before = cpuSeconds(pid); ; ) {
    await delay(lookMs)
    const now = cpuSeconds(pid)
    if ((now - before) * 1000 < idleCores * lookMs) return
    if (Date.now() > end) throw new Error('the kernel does not come to rest')
    before = now
  }
}

/** Processor time that a process has had. Source: proc(5), fields 14 and 15, in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
