import { hostname } from 'node:os'
import { ApplicationFailure, CancelledFailure, type Context } from '@temporalio/activity'
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker'
import { z } from 'zod'
import { type Cause, DefiniteError, TransientError } from '../errors/failure.ts'
import type { NodeInput } from '../plan/node.ts'
import { awayReason, type Store } from '../store/index.ts'
import { subtaskLog } from './subtaskLog.ts'
import { type SubtaskRun, withSubtaskRun } from './subtaskRun.ts'

const heartbeatMs = 2000
/** What a worker that stops was doing is nobody's fault: it goes on at once, however often it was tried before. */
const handOverMs = 100
/** Failures travel through Temporal's history; the whole text is in the store. */
const messageLimit = 4000

const heartbeatDetails = z.object({ spentMs: z.number(), progress: z.string().optional() })

const nodeInput: z.ZodType<NodeInput> = z.object({
  taskId: z.number(),
  subtaskId: z.number(),
  runTime: z.number(),
  operation: z.enum(['EXECUTE', 'RETRY', 'ROLLBACK']),
  name: z.string(),
  timeoutSeconds: z.number(),
  clusterId: z.number().exactOptional(),
  hostId: z.number().exactOptional(),
  obproxyClusterId: z.number().exactOptional(),
  zone: z.string().exactOptional(),
})

const namesSubtask = (input: unknown): boolean => typeof input === 'object' && input !== null && 'subtaskId' in input

const clip = (text: string): string => (text.length > messageLimit ? `${text.slice(0, messageLimit)}…` : text)
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const definiteFailure = ({ code, message, advice, host }: Cause): ApplicationFailure =>
  ApplicationFailure.nonRetryable(clip(message), code, {
    ...(advice !== undefined && { advice }),
    ...(host !== undefined && { host }),
  })

/**
 * All the bookkeeping of a subtask: status, times, run count, log, heartbeat, the time it may spend, and what kind of failure it was. The
 * time of a subtask is what attempts have worked on it, so an hour without any worker costs it nothing, and an hour without the store neither.
 */
export const subtaskInterceptor =
  (store: Store): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      async execute(input: ActivityExecuteInput, next) {
        // Only an input that names a subtask is one: what the workflow writes and what a dry run looks at are not.
        if (!namesSubtask(input.args[0])) return next(input)
        return runSubtask(store, context, nodeInput.parse(input.args[0]), () => next(input))
      },
    },
  })

async function runSubtask(store: Store, context: Context, subtask: NodeInput, work: () => Promise<unknown>): Promise<unknown> {
  const { info } = context
  const before = heartbeatDetails.safeParse(info.heartbeatDetails)
  const spentBefore = before.success ? before.data.spentMs : 0
  const startedAt = performance.now()
  const spent = (): number => spentBefore + performance.now() - startedAt
  let progress = before.success ? before.data.progress : undefined
  const beat = (spentMs = spent()): void => {
    if (!info.isLocal) context.heartbeat({ spentMs: Math.round(spentMs), ...(progress !== undefined && { progress }) })
  }
  const heart = setInterval(() => beat(), heartbeatMs)
  // Not AbortSignal.timeout: that keeps what the attempt held until the time is up, however early the attempt ends.
  const timeUp = new AbortController()
  const giveUp = () => timeUp.abort(new Error(`${subtask.timeoutSeconds} s are over`))
  const timer = setTimeout(giveUp, Math.max(1000, subtask.timeoutSeconds * 1000 - spentBefore))
  const closers: (() => Promise<void>)[] = []
  const { log, flush } = subtaskLog(store, subtask)
  const finish = async (status: 'SUCCESSFUL' | 'FAILED' | 'PENDING', cause?: Cause): Promise<void> => {
    await flush()
    await store.tasks.finished({ ...subtask, at: new Date(), status, ...(cause && { cause }) })
  }
  let lastLine = 'nothing'
  const run: SubtaskRun = {
    log: (level, message) => {
      lastLine = message
      log(level, message)
    },
    signal: AbortSignal.any([context.cancellationSignal, timeUp.signal]),
    key: `${subtask.taskId}-${subtask.subtaskId}`,
    progress: (message: string) => {
      progress = message
      beat()
    },
    atEnd: (close: () => Promise<void>) => void closers.push(close),
  }
  try {
    beat()
    await store.tasks.started({ ...subtask, executor: hostname(), at: new Date() })
    log('INFO', `Run subtask, id=${subtask.subtaskId}, name=${subtask.name}, attempt=${info.attempt}, executor=${hostname()}`)
    const result = await withSubtaskRun(run, work)
    log('INFO', `Set state for subtask: ${subtask.subtaskId}, current state: RUNNING, new state: SUCCESSFUL`)
    await finish(subtask.operation === 'ROLLBACK' ? 'PENDING' : 'SUCCESSFUL')
    return result
  } catch (error) {
    const seen = error === timeUp.signal.reason ? lastLine : seenIn(error)
    const storeAway = storeAwayReason(error)
    const outOfTime = storeAway === undefined && (timeUp.signal.aborted || spent() >= subtask.timeoutSeconds * 1000)
    const cause = definiteCause(error, subtask, outOfTime ? seen : undefined)
    if (context.cancellationDetails?.cancelRequested) {
      log('WARN', 'Canceled by an operator')
      await flush().catch(() => undefined)
      throw error instanceof CancelledFailure ? error : new CancelledFailure('canceled by an operator')
    }
    const stopping = context.cancellationDetails?.workerShutdown
    if (!cause || stopping) {
      const why = stopping ? 'this worker stops. Another goes on with it.' : `${reasonOf(error)}. It is tried again.`
      log('WARN', `Attempt ${info.attempt} ended: ${why}`)
      await flush().catch(() => undefined)
      // The next attempt reads from the last heartbeat how much time is left.
      beat(storeAway === undefined ? spent() : spentBefore)
      throw passingFailure(error, stopping && { nextRetryDelay: handOverMs })
    }
    log('ERROR', `Execute task failed, subtask=${subtask.subtaskId}, code=${cause.code}, failedMessage=${cause.message}`)
    if (cause.advice !== undefined) log('ERROR', `Advice: ${cause.advice}`)
    await finish('FAILED', cause).catch((lost: unknown) => {
      throw passingFailure(lost)
    })
    throw definiteFailure(cause)
  } finally {
    clearInterval(heart)
    clearTimeout(timer)
    // Emptied, since a timer that a library leaves behind still holds the run.
    await Promise.allSettled(closers.splice(0).map((close) => close()))
  }
}

/** Hosts and servers that do not answer are TransientErrors; what the store's driver throws comes as it is. */
const storeAwayReason = (error: unknown): string | undefined => (error instanceof TransientError ? undefined : awayReason(error))

/** Of the store's driver only what it says itself: the statement around it carries log lines. */
const reasonOf = (error: unknown): string => {
  const storeAway = storeAwayReason(error)
  return storeAway === undefined ? textOf(error) : `the store is away: ${storeAway}`
}

const passingFailure = (
  error: unknown,
  next: { readonly nextRetryDelay: number } | false | undefined = false,
): ApplicationFailure => ApplicationFailure.create({ message: clip(reasonOf(error)), type: 'Transient', ...next })

const seenIn = (error: unknown): string =>
  error instanceof TransientError || !(error instanceof Error) ? textOf(error) : `${error.name}: ${error.message}`

/** What ends a subtask for good: what its node found, or that its time is over, with what was seen last. */
function definiteCause(error: unknown, subtask: NodeInput, seenLast: string | undefined): Cause | undefined {
  if (error instanceof DefiniteError) return error.reason
  if (seenLast === undefined) return undefined
  return {
    code: 'TSK10012',
    message: `"${subtask.name}" did not succeed within ${subtask.timeoutSeconds} s. Last seen: ${seenLast}`,
    advice: 'Mend what was last seen, then retry the subtask: it goes on where it stopped.',
  }
}
