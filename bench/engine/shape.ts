import type { Client } from '@temporalio/client'
import type { PlannedSubtask } from '../../src/plan/expand.ts'

/** How many subtasks stand side by side, stage by stage, joins included. */
export function widthsOf(planned: readonly PlannedSubtask[]): number[] {
  const widths: number[] = []
  for (const { parallelIdx } of planned) {
    if (parallelIdx <= 0) widths.push(1)
    else widths[widths.length - 1] = parallelIdx + 1
  }
  return widths
}

export interface History {
  readonly events: number
  readonly runs: number
  /**
   * Why each workflow task failed or timed out, by number of temporal.api.enums.v1's
   * WorkflowTaskFailedCause and TimeoutType.
   */
  readonly trouble: readonly string[]
}

/**
 * Events of the longest run, how many runs there were, and workflow tasks that failed or timed out.
 */
export async function historyOf(client: Client, workflowId: string): Promise<History> {
  let runId: string | undefined
  let found: History = { events: 0, runs: 0, trouble: [] }
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    if (!events) break
    const bad = events.flatMap((event) => {
      const failed = event.workflowTaskFailedEventAttributes
      const timedOut = event.workflowTaskTimedOutEventAttributes
      if (failed) return [`failed, cause ${failed.cause}`]
      return timedOut ? [`timed out, type ${timedOut.timeoutType}`] : []
    })
    found = {
      events: Math.max(found.events, events.length),
      runs: found.runs + 1,
      trouble: [...found.trouble, ...bad],
    }
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  } while (runId)
  return found
}
