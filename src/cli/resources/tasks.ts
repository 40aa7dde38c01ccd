import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { ApiClient } from '../client.ts'
import { arg, type Context, command, type Declared, flag, maybe, option } from '../command.ts'
import type { Outcome } from '../exitCodes.ts'
import { confirmed } from '../prompt.ts'
import { type Subtask, type Task, taskSchema } from '../taskSchema.ts'
import { renderTask } from '../taskView.ts'
import { plain } from '../text.ts'
import { UsageError } from '../usageError.ts'
import { waitFor } from '../wait.ts'
import { nothing, yes } from './common.ts'
import { task as kind, obproxy } from './kinds.ts'
import { printData } from './print.ts'
import { rehearsal, rehearsalLines } from './rehearsal.ts'
import { listed, namesakes } from './resource.ts'

const which = arg("a task's id, or the name of a cluster or an OBProxy cluster: its newest task")
const part = "a subtask's id, its name, or name@host"
export const detach = flag('-d, --detach', 'do not wait for the end')

const pathOf = (id: number): string => `${kind.path}/${id}`

/** The task that a word means. */
export async function taskIdOf(client: ApiClient, word: string): Promise<number> {
  if (/^[1-9]\d{0,9}$/.test(word)) return Number(word)
  const [newest] = await listed(client, kind, { clusterName: word }, 1)
  if (newest) return newest.id
  const [proxies] = await namesakes(client, obproxy, word)
  const [ofProxies] = proxies ? await listed(client, kind, { obproxyClusterId: proxies.id }, 1) : []
  if (ofProxies) return ofProxies.id
  throw new UsageError(
    `A task id is a number, not "${word}", and no task is about a cluster of that name.`,
  )
}

const read = async (client: ApiClient, id: number): Promise<Task> =>
  (await client.get(pathOf(id), taskSchema)).data

const isMeant =
  (word: string) =>
  ({ id, name, hostIp }: Subtask): boolean => {
    const wanted = word.toLowerCase()
    const own = name.toLowerCase()
    return word === String(id) || wanted === own || wanted === `${own}@${hostIp ?? ''}`
  }

/** The subtask that a word means. Throws UsageError when it is none, or several. */
function subtaskOf({ id, subtasks }: Task, word: string): Subtask {
  const [only, ...others] = subtasks.filter(isMeant(word))
  if (only === undefined)
    throw new UsageError(`Task ${id} has no subtask "${word}": obflow task show ${id} names them.`)
  if (others.length > 0) {
    const each = [only, ...others].map((one) => `${one.id} (${one.hostIp ?? one.status})`)
    throw new UsageError(
      `Task ${id} has several "${word}": name one by its id, ${each.join(', ')}.`,
    )
  }
  return only
}

const where = ({ hostIp }: Subtask): string => (hostIp ? ` @ ${plain(hostIp)}` : '')

interface Asked {
  readonly task: string
  readonly subtask?: string | undefined
  readonly detach?: boolean
}

/** Asks for an operation on a task or a subtask, then shows the task until it ends. */
async function operate(context: Context, verb: string, asked: Asked): Promise<Outcome | undefined> {
  const client = await context.client()
  const id = await taskIdOf(client, asked.task)
  const subtask =
    asked.subtask === undefined ? undefined : subtaskOf(await read(client, id), asked.subtask)
  const at = subtask === undefined ? pathOf(id) : `${pathOf(id)}/subtasks/${subtask.id}`
  await client.post(`${at}/${verb}`, {}, nothing)
  if (!asked.detach)
    return waitFor(context, id, { wanted: verb === 'rollback' ? 'rollback' : 'work' })
  context.note(`Accepted; obflow task watch ${id} shows it.`)
  return undefined
}

export const watch = command({
  name: 'watch',
  summary: 'Show a task until it ends',
  examples: ['obflow task watch 1002', 'obflow task watch terran --follow'],
  args: { task: which },
  flags: { follow: flag('-f, --follow', 'go on after a failure, to see it mended') },
  remote: true,
  run: async ({ task, follow }, context) =>
    waitFor(context, await taskIdOf(await context.client(), task), { follow }),
})

const show = command({
  name: 'show',
  summary: 'Show a task with its subtasks as it is now',
  examples: ['obflow task show 1002', 'obflow task show 1002 -o json'],
  args: { task: which },
  flags: {},
  remote: true,
  prints: true,
  async run({ task }, context) {
    const client = await context.client()
    const { data, at } = await client.get(pathOf(await taskIdOf(client, task)), z.unknown())
    if (printData(context, data)) return undefined
    const parsed = taskSchema.parse(data)
    if (context.format === 'name') {
      context.stdout.write(`${parsed.id}\n`)
      return undefined
    }
    const width = context.stdout.columns ?? 120
    const { url } = client
    const lines = renderTask(parsed, { now: at, width, color: context.color, url })
    const ids = parsed.subtasks
      .filter(({ status }) => status !== 'PENDING' && status !== 'SUCCESSFUL')
      .map((each) => `  ${each.id}  ${each.status}  ${plain(each.name)}${where(each)}`)
    const open = ids.length > 0 ? ['', 'Subtasks that are not done:', ...ids] : []
    context.stdout.write(`${[...lines, ...open].join('\n')}\n`)
    return undefined
  },
})

const logOf = z.object({ log: z.string() })

/** What programs on hosts printed must not steer the terminal. */
const clean = (text: string): string => text.split('\n').map(plain).join('\n')

/** The subtasks whose logs tell most: those at work or failed, else all that have begun. */
function telling({ subtasks }: Task): readonly Subtask[] {
  const open = subtasks.filter(({ status }) => ['RUNNING', 'FAILED', 'CANCELING'].includes(status))
  return open.length > 0 ? open : subtasks.filter(({ status }) => status !== 'PENDING')
}

async function followLog(context: Context, taskId: number, subtask: Subtask): Promise<void> {
  const client = await context.client()
  const path = `${pathOf(taskId)}/subtasks/${subtask.id}/log/events`
  let after: string | undefined
  for (;;) {
    let ended = true
    for await (const { event, id, data } of client.follow(
      path,
      after === undefined ? {} : { after },
    )) {
      ended = event === 'end'
      after = id
      if (event === 'log') context.stdout.write(clean(logOf.parse(data).log))
    }
    // A stream that was cut is opened again; one that said "end", or nothing, has no more.
    if (ended) return
  }
}

const log = command({
  name: 'log',
  summary: 'Print what subtasks logged: those at work or failed, or the one that is named',
  examples: ['obflow task log 1002', 'obflow task log 1002 "Bootstrap ob" --follow'],
  args: { task: which, subtask: maybe(part) },
  flags: { follow: flag('-f, --follow', 'go on until the subtask ends') },
  remote: true,
  async run({ task, subtask, follow }, context) {
    const client = await context.client()
    const found = await read(client, await taskIdOf(client, task))
    const wanted = subtask === undefined ? telling(found) : [subtaskOf(found, subtask)]
    if (follow) {
      const [only, ...others] = wanted
      if (only === undefined || others.length > 0)
        throw new UsageError('--follow takes one subtask: name it.')
      await followLog(context, found.id, only)
      return undefined
    }
    for (const each of wanted) {
      const { data } = await client.get(`${pathOf(found.id)}/subtasks/${each.id}/log`, logOf)
      if (wanted.length > 1)
        context.stdout.write(`==> ${each.id} ${plain(each.name)}${where(each)}\n`)
      context.stdout.write(clean(data.log))
    }
    return undefined
  },
})

const retry = command({
  name: 'retry',
  summary: 'Run again what failed: the whole task, or one subtask',
  examples: ['obflow task retry 1002', 'obflow task retry 1002 "Do io bench@10.0.0.11" --detach'],
  args: { task: which, subtask: maybe(part) },
  flags: { detach },
  remote: true,
  run: (asked, context) => operate(context, 'retry', asked),
})

const skip = command({
  name: 'skip',
  summary: 'Count a failed subtask as done, without running it',
  examples: ['obflow task skip 1002 10025'],
  args: { task: which, subtask: arg(part) },
  flags: { detach },
  remote: true,
  run: (asked, context) => operate(context, 'skip', asked),
})

const cancel = command({
  name: 'cancel',
  summary: 'Stop a subtask that runs, on its host too; it is FAILED then',
  examples: ['obflow task cancel 1002 "Do io bench"'],
  args: { task: which, subtask: arg(part) },
  flags: {},
  remote: true,
  run: (asked, context) => operate(context, 'cancel', { ...asked, detach: true }),
})

const rollback = command({
  name: 'rollback',
  summary: 'Remove what a failed task made, in reverse order, and nothing else',
  examples: ['obflow task rollback 1002 --dry-run', 'obflow task rollback 1002 --yes'],
  args: { task: which },
  flags: {
    dryRun: flag('--dry-run', 'say what would be removed, and change nothing'),
    yes,
    detach,
  },
  remote: true,
  async run({ task, dryRun, yes, detach }, context) {
    const client = await context.client()
    const id = await taskIdOf(client, task)
    if (dryRun) {
      const { data } = await client.post(`${pathOf(id)}/rollback?dryRun=true`, {}, rehearsal)
      context.stdout.write(`${rehearsalLines(data).join('\n')}\n`)
      return data.admission.length === 0 ? undefined : 'failed'
    }
    if (!yes && !(await confirmed(context, `Roll back task ${id}?`))) return 'failed'
    return operate(context, 'rollback', { task: String(id), detach })
  },
})

const diagnosis = command({
  name: 'diagnosis',
  summary: 'Save all that is known of a task as a zip, for somebody who was not there',
  examples: ['obflow task diagnosis 1002', 'obflow task diagnosis 1002 --file task.zip'],
  args: { task: which },
  flags: { file: option('--file <path>', 'where to save it') },
  remote: true,
  async run({ task, file }, context) {
    const client = await context.client()
    const id = await taskIdOf(client, task)
    const blob = await client.download(`${pathOf(id)}/downloadDiagnosis`)
    const path = resolve(context.cwd, file ?? `task_${id}_diagnosis.zip`)
    await writeFile(path, Buffer.from(await blob.arrayBuffer()))
    context.stdout.write(`${path}\n`)
    return undefined
  },
})

export const taskCommands: readonly Declared[] = [
  show,
  watch,
  log,
  retry,
  skip,
  cancel,
  rollback,
  diagnosis,
]
