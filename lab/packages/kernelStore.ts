import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { z } from 'zod'
import { places } from '../hosts/machine.ts'
import { run } from '../hosts/run.ts'
import { madeStore, runKernel } from '../observer/kernel.ts'

const program = join(places.kernel, 'seekdb')

/** Goes on setting up for seconds after it greets; below a tenth of a core it is done. */
const idleCores = 0.1
const lookMs = 1000
const longestMs = 60_000

/**
 * After its first start a kernel loads its system packages, in a job that it goes on with at the
 * next start. One that is killed amid that comes back with the lock of the job's transaction still
 * held, and takes no DDL for the next quarter of an hour.
 */
const loading =
  "SELECT job_status FROM oceanbase.DBA_OB_ROOTSERVICE_JOBS WHERE job_type = 'LOAD_MYSQL_SYS_PACKAGE'"
const jobs = z.array(z.object({ job_status: z.string() }))

/**
 * The second start still does work of the first: 7.6 core seconds, where the third and all later
 * ones take 1.6.
 */
const starts = 2

/** Makes, once, the store that every observer's kernel begins with. */
export async function makeStore(): Promise<void> {
  const made = join(places.kernel, madeStore)
  if (existsSync(made) || !existsSync(program)) return
  const work = mkdtempSync(join(places.rpms, '.build-'))
  try {
    const folder = join(work, 'store')
    for (let start = 0; start < starts; start++) {
      const kernel = await runKernel(program, folder)
      try {
        const { pid } = kernel.process
        await loaded(kernel.port)
        if (pid !== undefined) await idle(pid)
      } finally {
        await kernel.stop()
      }
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

async function loaded(port: number): Promise<void> {
  const end = Date.now() + longestMs
  const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' })
  try {
    for (;;) {
      const [rows] = await connection.query(loading)
      if (jobs.parse(rows).some(({ job_status }) => job_status === 'SUCCESS')) return
      if (Date.now() > end)
        throw new Error(`the kernel has not loaded its system packages: ${JSON.stringify(rows)}`)
      await delay(lookMs)
    }
  } finally {
    connection.destroy()
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

/**
 * Processor time that a process has had. Source: proc(5), fields 14 and 15, in hundredths of a
 * second.
 */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
