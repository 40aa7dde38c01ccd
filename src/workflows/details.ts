import type { PlannedSubtask } from '../plan/expand.ts'
import type { Run } from '../plan/run.ts'
import type { TaskCopy } from '../plan/taskCopy.ts'

/** As many as fit a screen; the API lists all. */
const maxShown = 10

const nameOf = ({ name, host, zone }: PlannedSubtask): string => {
  const where = host?.ip ?? zone
  return `**${name}**${where === undefined ? '' : ` on ${where}`}`
}

/** The first of these subtasks, in the plan's order, and how many more there are. */
const firstOf = (planned: readonly PlannedSubtask[], indexes: ReadonlySet<number>) => {
  const sorted = [...indexes].sort((a, b) => a - b)
  return {
    first: sorted.slice(0, maxShown).flatMap((index) => planned[index] ?? []),
    more: Math.max(0, sorted.length - maxShown),
  }
}

const moreLine = (more: number): string[] => (more > 0 ? [`- and ${more} more`] : [])

const failureLines = (run: Run, planned: readonly PlannedSubtask[], copy: TaskCopy): string[] => {
  const { first, more } = firstOf(planned, copy.withStatus.FAILED)
  const lines = first.flatMap((subtask) => {
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
  return [...lines, ...moreLine(more)]
}

const runningLines = (planned: readonly PlannedSubtask[], copy: TaskCopy): string[] => {
  const { first, more } = firstOf(planned, copy.withStatus.RUNNING)
  return [...first.map((subtask) => `- ${nameOf(subtask)}`), ...moreLine(more)]
}

/** What Temporal Web UI shows of a run: how far it is, what runs, what failed and what to call. */
export function describe(run: Run, planned: readonly PlannedSubtask[], copy: TaskCopy): string {
  const { state, withStatus } = copy
  const { PENDING, READY, RUNNING, CANCELING, FAILED, SUCCESSFUL } = withStatus
  const active = READY.size + RUNNING.size + CANCELING.size
  const operation = state.operation === 'EXECUTE' ? '' : ` (${state.operation})`
  const head = `**${run.plan.name}** ${run.clusterName ?? ''} — ${state.status}${operation}`
  const done = state.operation === 'ROLLBACK' ? PENDING.size : SUCCESSFUL.size
  const verb = state.operation === 'ROLLBACK' ? 'undone or never begun' : 'done'
  const progress = `${done} of ${planned.length} subtasks ${verb}, ${active} running, ${FAILED.size} failed`
  const lines = [head, '', progress, '', ...runningLines(planned, copy)]
  if (FAILED.size === 0) return lines.join('\n')
  if (state.ended) return [...lines, 'Ended: what it made was taken away by others.'].join('\n')
  const task = `/api/v2/tasks/${run.taskId}`
  const rollback = run.plan.prohibitRollback ? '' : ` · roll back: \`POST ${task}/rollback\``
  const all = `Retry all: \`POST ${task}/retry\`${rollback}`
  return [...lines, ...failureLines(run, planned, copy), '', all].join('\n')
}
