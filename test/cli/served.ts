import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { openApi, type TestApi } from '../api/server.ts'
import { setTask } from '../store/taskRows.ts'
import { typed } from './typed.ts'

/** The real API over an embedded store, with commands typed at it from a folder of their own. */
export async function serveApi() {
  const api = await openApi()
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const cwd = await mkdtemp(join(tmpdir(), 'obflow-cli-'))
  const env: NodeJS.ProcessEnv = {
    OBFLOW_URL: url,
    OBFLOW_PASSWORD: 'admin-password',
    HOME: cwd,
  }
  return {
    api,
    url,
    cwd,
    env,
    /** Types a command line, its words apart. */
    obflow: (...argv: string[]) => typed(argv, { env, cwd }),
    async close() {
      await api.close()
      await rm(cwd, { recursive: true, force: true })
    },
  }
}

export type ServedApi = Awaited<ReturnType<typeof serveApi>>

/** What a worker would do, for each task that is started while `work` goes on. */
export async function whileWorking<T>(
  api: TestApi,
  carryOut: (task: TestApi['started'][number]) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  let done = false
  const engine = async (): Promise<void> => {
    let seen = api.started.length
    while (!done) {
      for (const task of api.started.slice(seen)) await carryOut(task)
      seen = api.started.length
      await turn()
    }
  }
  const running = engine()
  try {
    return await work()
  } finally {
    done = true
    await running
  }
}

export const succeed = (api: TestApi, taskId: number): Promise<void> =>
  setTask(api.db, taskId, 'SUCCESSFUL')
