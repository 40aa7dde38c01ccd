import type { PlannedSubtask } from '../plan/expand.ts'
import type { Plan } from '../plan/plan.ts'
import type { Run } from '../plan/run.ts'
import type { Task } from '../plan/task.ts'

/** No more failures than fit a screen; the API lists all. */
const shownFailures = 10

const failureLines = (run: Run, planned: readonly PlannedSubtask[], task: Task): string[] =>
  planned
    .filter((subtask) => task.subtasks[subtask.index]?.status === 'FAILED')
    .slice(0, shownFailures)
    .flatMap((subtask) => {
      const cause = task.subtasks[subtask.index]?.cause
      const where = subtask.host?.ip ?? subtask.zone
      const call = `/api/v2/tasks/instances/${run.taskId}/subtasks/${run.firstSubtaskId + subtask.index}`
      return [
        `- **${subtask.name}**${where === undefined ? '' : ` on ${where}`}: ${cause?.code} ${cause?.message}`,
        ...(cause?.advice === undefined ? [] : [`  ${cause.advice}`]),
        `  \`POST ${call}/retry\`${subtask.prohibitSkip ? '' : ` · \`POST ${call}/skip\``}`,
      ]
    })

/** What Temporal Web UI shows of a run: how far it is, what failed, and which call mends it. */
export function describe(plan: Plan, run: Run, planned: readonly PlannedSubtask[], task: Task): string {
  const { counts, state } = task
  const active = counts.READY + counts.RUNNING + counts.CANCELING
  const head = `**${plan.name}** ${run.clusterName ?? ''} — ${state.status}${state.operation === 'EXECUTE' ? '' : ` (${state.operation})`}`
  const progress = `${counts.SUCCESSFUL} of ${planned.length} subtasks done, ${active} running, ${counts.FAILED} failed`
  if (counts.FAILED === 0) return `${head}\n\n${progress}`
  const all = `Retry all: \`POST /api/v2/tasks/instances/${run.taskId}/retry\`${plan.prohibitRollback ? '' : ' · take all back: `…/rollback`'}`
  return [head, '', progress, '', ...failureLines(run, planned, task), '', all].join('\n')
}
