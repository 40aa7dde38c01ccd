import type { PlannedSubtask } from '../plan/expand.ts'
import type { Run } from '../plan/run.ts'
import type { TaskCopy } from '../plan/taskCopy.ts'

/** As many as fit a screen; the API lists all. */
const maxShown = 10

const nameOf = ({ name, host, zone }: PlannedSubtask): string => {
  const where = host?.ip ?? zone
  return `**${name}**${where === undefined ? '' : ` on ${where}`}`
}

const failureLines = (run: Run, planned: readonly PlannedSubtask[], copy: TaskCopy): string[] =>
  planned
    .filter(({ index }) => copy.subtasks[index]?.status === 'FAILED')
    .slice(0, maxShown)
    .flatMap((subtask) => {
      const cause = copy.subtasks[subtask.index]?.cause
      const call = `/api/v2/tasks/${run.taskId}/subtasks/${run.firstSubtaskId + subtask.index}`
      // Markdown keeps a line break inside an item only after two blanks, and with an indent.
      const said = `${cause?.code} ${cause?.message}`.split('\n').join('  \n  ')
      return [
        `- ${nameOf(subtask)}: ${said}`,
        ...(cause?.advice === undefined ? [] : [`  ${cause.advice}`]),
        `  \`POST ${call}/retry\`${subtask.prohibitSkip ? '' : ` · \`POST ${call}/skip\``}`,
      ]
    })

const runningLines = (planned: readonly PlannedSubtask[], copy: TaskCopy): string[] => {
  const running = planned.filter(({ index }) => copy.subtasks[index]?.status === 'RUNNING')
  const more = running.length - maxShown
  return [...running.slice(0, maxShown).map((subtask) => `- ${nameOf(subtask)}`), ...(more > 0 ? [`- and ${more} more`] : [])]
}

/** What Temporal Web UI shows of a run: how far it is, what runs, what failed and what to call. */
export function describe(run: Run, planned: readonly PlannedSubtask[], copy: TaskCopy): string {
  const { counts, state } = copy
  const active = counts.READY + counts.RUNNING + counts.CANCELING
  const operation = state.operation === 'EXECUTE' ? '' : ` (${state.operation})`
  const head = `**${run.plan.name}** ${run.clusterName ?? ''} — ${state.status}${operation}`
  const done = state.operation === 'ROLLBACK' ? counts.PENDING : counts.SUCCESSFUL
  const verb = state.operation === 'ROLLBACK' ? 'undone or never begun' : 'done'
  const progress = `${done} of ${planned.length} subtasks ${verb}, ${active} running, ${counts.FAILED} failed`
  const lines = [head, '', progress, '', ...runningLines(planned, copy)]
  if (counts.FAILED === 0) return lines.join('\n')
  if (state.ended) return [...lines, 'Ended: what it made was taken away by others.'].join('\n')
  const task = `/api/v2/tasks/${run.taskId}`
  const rollback = run.plan.prohibitRollback ? '' : ` · roll back: \`POST ${task}/rollback\``
  const all = `Retry all: \`POST ${task}/retry\`${rollback}`
  return [...lines, ...failureLines(run, planned, copy), '', all].join('\n')
}
