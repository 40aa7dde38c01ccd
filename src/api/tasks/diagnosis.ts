import { Readable } from 'node:stream'
import packageFile from '../../../package.json' with { type: 'json' }
import type { Store, TaskWithSubtasks } from '../../store/index.ts'
import type { Api, Context } from '../context.ts'
import { bytes } from '../http/call.ts'
import { idParam } from '../http/validation.ts'
import { taskOf } from './find.ts'
import { printLog } from './log.ts'
import { printContext } from './show.ts'
import { type ZipEntry, zip } from './zip.ts'

/** A line a subtask, upstreams before downstreams: subtasks are numbered in that order. */
const taskInfo = ({ subtasks }: TaskWithSubtasks): string =>
  subtasks
    .map(
      ({ id, status, upstreams }) =>
        `Subtask: ${id}, State: ${status}, Dependencies: [${upstreams.join(', ')}]\n`,
    )
    .join('')

/** The task for people: which obflow, what ran where, how far it got, and why it failed. */
const summary = ({
  id,
  name,
  status,
  operation,
  clusterName,
  subtasks,
}: TaskWithSubtasks): string =>
  [
    `obflow ${packageFile.version}`,
    `Task ${id}, ${name}${clusterName === null ? '' : `, cluster ${clusterName}`}: ${status} (${operation})`,
    '',
    ...subtasks.flatMap((subtask) => [
      `${subtask.id}  ${subtask.name}${subtask.ip === null ? '' : ` on ${subtask.ip}`}: ${subtask.status}, run ${subtask.runTime}`,
      ...(subtask.cause === null ? [] : [`    ${subtask.cause.code} ${subtask.cause.message}`]),
      ...(subtask.cause?.advice === undefined ? [] : [`    Advice: ${subtask.cause.advice}`]),
    ]),
    '',
  ].join('\n')

/**
 * What somebody who was not there needs: the graph with its states, the context, and a log for each
 * run of each subtask.
 */
async function* entriesOf(store: Store, task: TaskWithSubtasks): AsyncGenerator<ZipEntry, void> {
  const at = new Date()
  yield { name: 'task_summary.txt', text: summary(task), at }
  yield { name: 'task_info.txt', text: taskInfo(task), at }
  yield { name: 'task_context.txt', text: `${printContext(task.context)}\n`, at }
  for (const subtask of task.subtasks) {
    const runs = Map.groupBy(await store.tasks.logOf(subtask.id), ({ runTime }) => runTime)
    for (const [runTime, lines] of runs) {
      yield {
        name: `subtask_${subtask.id}_${runTime}.log`,
        text: printLog(subtask, lines, task.traceId),
        at,
      }
    }
  }
}

/**
 * The diagnosis of a task as a zip. OCP's open-source sibling documents the call below v1; OCP's
 * own page has only the button.
 */
export function taskDiagnosis(api: Api, { store }: Context): void {
  for (const [version, suffix] of [
    ['v1', 'V1'],
    ['v2', ''],
  ]) {
    api.post(
      `/api/${version}/tasks/instances/:id/downloadDiagnosis`,
      {
        config: {
          permission: 'TASK:*:READ',
          bare: true,
          call: {
            tag: 'Tasks',
            id: `downloadTaskDiagnosis${suffix}`,
            summary: 'Download a task as a zip',
            description: 'Its graph, its context, and a log file for each run of each subtask.',
            bare: { type: 'application/zip', schema: bytes },
          },
        },
        schema: { params: idParam },
      },
      async ({ params }, reply) => {
        const task = await taskOf(store, params.id)
        return reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="task_${task.id}_diagnosis.zip"`)
          .send(Readable.from(zip(entriesOf(store, task))))
      },
    )
  }
}
