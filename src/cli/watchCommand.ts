import { createClient } from './client.ts'
import { UsageError } from './usageError.ts'
import { watchTask } from './watch.ts'

interface WatchArguments {
  readonly follow: boolean
  readonly env: NodeJS.ProcessEnv
}

/** Shows a run until it ends or Ctrl-C; tells whether it succeeded. */
export async function runWatch(taskId: string, { follow, env }: WatchArguments): Promise<boolean> {
  if (!/^[1-9]\d*$/.test(taskId)) throw new UsageError(`A task id is a number, not "${taskId}".`)
  if (!env.OBFLOW_PASSWORD) throw new UsageError('Set OBFLOW_PASSWORD to the password of the API.')
  const url = env.OBFLOW_URL || 'http://127.0.0.1:8080'
  if (!URL.canParse(url)) throw new UsageError(`OBFLOW_URL is no URL: ${url}`)
  const client = createClient({
    url,
    user: env.OBFLOW_USER || 'admin',
    password: env.OBFLOW_PASSWORD,
  })
  const task = await watchTask({ client, taskId: Number(taskId), follow, env })
  return task.status === 'SUCCESSFUL'
}
