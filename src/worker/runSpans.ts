import type { InjectedSinks } from '@temporalio/worker'
import { traces } from '../traces.ts'
import type { RunSinks } from '../workflows/runEnd.ts'

/** Makes a span of each run that ends. A store that is away costs the span, and nothing else. */
export const runSpans = (
  traceOf: (taskId: number) => Promise<string | null>,
): InjectedSinks<RunSinks> => ({
  run: {
    ended: {
      async fn({ workflowId, workflowType, runId }, { taskId, ...end }) {
        const tracer = traces.tracer()
        if (tracer === undefined) return
        const trace = await traceOf(taskId).catch(() => null)
        tracer.runEnded({ workflow: workflowType, workflowId, runId, taskId, trace }, end)
      },
    },
  },
})
