import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startPostgres } from '../../lab/chaos/postgres.ts'
import { claimPort } from '../../lab/ports/claim.ts'
import { startTemporalServer } from '../../src/embedded/temporalServer.ts'
import type { Served, ServeOptions } from '../lab/serve.ts'
import { type Program, startProgram } from '../support/program.ts'

async function until(program: Program, words: string): Promise<void> {
  while (!program.said.includes(words)) {
    if (!program.running) throw new Error(`it ended: ${program.said}`)
    await pause(100)
  }
}

export interface ServedProcesses extends Served {
  /** Lets both workers end as an operator does. */
  stopWorkers(): Promise<void>
  startWorkers(): Promise<void>
}

/** Two APIs and two workers on PostgreSQL, processes of their own, with Temporal's dev server. */
export async function serveProcesses({
  dataDir,
  password,
}: ServeOptions): Promise<ServedProcesses> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  try {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-attack-'))
    closers.push(() => rm(dir, { recursive: true, force: true }))
    // PostgreSQL, another user, has its folder in it.
    await chmod(dir, 0o711)
    const postgres = await startPostgres(join(dir, 'postgres'))
    closers.push(() => postgres.close())
    const [temporalPort, uiPort, ...apiPorts] = [
      await claimPort(),
      await claimPort(),
      await claimPort(),
      await claimPort(),
    ]
    const temporal = await startTemporalServer({
      port: temporalPort,
      uiPort,
      dbFile: join(dir, 'temporal.db'),
    })
    closers.push(() => temporal.close())
    const env = {
      OBFLOW_DATA_DIR: dataDir,
      OBFLOW_ADMIN_PASSWORD: password,
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
    }
    const program = async (file: string, words: string, extra = {}): Promise<Program> => {
      const started = startProgram(join('src', file), { ...env, ...extra })
      closers.push(() => started.close())
      await until(started, words)
      return started
    }
    const workers: Program[] = []
    const startWorkers = async (): Promise<void> => {
      for (const _ of [1, 2]) workers.push(await program('worker.ts', '"working"'))
    }
    // One after the other: the first makes key and schema.
    for (const port of apiPorts)
      await program('server.ts', '"serving"', { OBFLOW_LISTEN: `127.0.0.1:${port}` })
    await startWorkers()
    return {
      url: `http://127.0.0.1:${apiPorts[0]}`,
      temporal: { address: temporal.address },
      namespace: 'default',
      startWorkers,
      async stopWorkers() {
        await Promise.all(workers.splice(0).map((worker) => worker.stop()))
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
