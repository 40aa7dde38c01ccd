import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { Ask } from '../plan/ask.ts'
import type { Refusal } from '../plan/states.ts'

/** What a run says to what it is asked: that it does it, why it does not, or nothing, because it has ended. */
export type AskAnswer = 'accepted' | 'ended' | Refusal

const refusals: ReadonlySet<string> = new Set<Refusal['code']>(['TSK10001', 'TSK10007', 'TSK10009', 'TSK10010'])
const isRefusal = (type: string | null | undefined): type is Refusal['code'] => refusals.has(type ?? '')

/** Sends an update to a run and waits until it is taken up. Throws what is neither a yes nor a no: Temporal or every worker is away. */
export async function askRun(client: Client, workflowId: string, what: Ask): Promise<AskAnswer> {
  const run = client.workflow.getHandle(workflowId)
  try {
    if ('subtaskId' in what) await run.executeUpdate<void, [number]>(what.operation, { args: [what.subtaskId] })
    else await run.executeUpdate(what.operation)
    return 'accepted'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'ended'
    const refusal = error instanceof WorkflowUpdateFailedError ? error.cause : undefined
    if (refusal instanceof ApplicationFailure && isRefusal(refusal.type))
      return { code: refusal.type, args: (refusal.details ?? []).map(String) }
    throw error
  }
}
