import { hostname } from 'node:os'
import { ApplicationFailure, CancelledFailure, type Context } from '@temporalio/activity'
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker'
import { z } from 'zod'
import { type Cause, DefiniteError, keptCause, saidBy, TransientError } from '../errors/failure.ts'
import { asIs, inEnglish, type Said, say } from '../errors/say.ts'
import type { NodeCall, NodeInput } from '../plan/node.ts'
import type { Progress } from '../plan/run.ts'
import type { Outcome } from '../plan/task.ts'
import { type AttemptEnd, signals } from '../signals.ts'
import { awayReason, type Begun, type Store } from '../store/index.ts'
import { type Failure, type OpenSpan, type TracedAttempt, traces } from '../traces.ts'
import { subtaskLog } from './subtaskLog.ts'
import { type SubtaskRun, withSubtaskRun } from './subtaskRun.ts'
import { Turns } from './turns.ts'

const heartbeatMs = 2000
/** On worker shutdown, hand over at once instead of backing off. */
const handOverMs = 100
/** Failures travel through Temporal's history; the whole text is in the store. */
const messageLimit = 4000

/** So often an error that nobody foresaw may end an attempt at one run, some eight seconds. */
const unforeseenAttempts = 5

/** Between two attempts no more than this counts: more than backoff and a missed heartbeat take. */
const maxPauseMs = 30_000

const heartbeatDetails = z.object({
  spentMs: z.number().nonnegative(),
  /** When this was, in ms since 1970, by the clock of that worker. */
  at: z.number(),
  /** Whether the time since then counts: not while the store is down. */
  counts: z.boolean(),
  /** How many attempts ended with an error that nobody foresaw. */
  unforeseen: z.number().default(0),
  progress: z.string().optional(),
})

const nodeCall: z.ZodType<NodeCall> = z.object({
  taskId: z.number(),
  subtaskId: z.number(),
  runTime: z.number(),
  since: z.number(),
})

const clip = (text: string): string =>
  text.length > messageLimit ? `${text.slice(0, messageLimit)}…` : text
const clippedSaid = (said: Said): Said =>
  inEnglish(said).length > messageLimit ? asIs(clip(inEnglish(said))) : said
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const definiteFailure = (cause: Cause): ApplicationFailure => {
  const { code, message, advice, host } = keptCause(cause)
  return ApplicationFailure.nonRetryable(clip(message), code, {
    ...(advice !== undefined && { advice }),
    ...(host !== undefined && { host }),
  })
}

/**
 * All the bookkeeping of a subtask: whether it is due at all, status, times, log, heartbeat, the
 * time it may spend, and what kind of failure it was. A subtask's time runs while a worker could
 * work on it: an hour without any worker costs it nothing, and an hour without the store neither.
 */
export const subtaskInterceptor =
  (
    store: Store,
    nodes: ReadonlySet<string>,
    turns: Turns = new Turns(),
  ): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      async execute(input: ActivityExecuteInput, next) {
        if (!nodes.has(context.info.activityType)) return next(input)
        const call = nodeCall.parse(input.args[0])
        const work = (node: NodeInput) => next({ ...input, args: [node] })
        return runSubtask({ store, turns, context, call, work })
      },
    },
  })

interface Attempt {
  readonly store: Store
  readonly turns: Turns
  readonly context: Context
  readonly call: NodeCall
  readonly work: (node: NodeInput) => Promise<unknown>
}

interface Before {
  readonly spentMs: number
  readonly unforeseen: number
  readonly progress?: string
}

/** What the attempts before this one spent, with the pause after the last of them. */
function spentBefore({ info }: Context): Before {
  const before = heartbeatDetails.safeParse(info.heartbeatDetails)
  if (!before.success) return { spentMs: 0, unforeseen: 0 }
  const { spentMs, at, counts, unforeseen, progress } = before.data
  // Since Temporal scheduled this attempt, it only waited for a worker.
  const paused = info.currentAttemptScheduledTimestampMs - at
  const pause = counts ? Math.min(Math.max(0, paused), maxPauseMs) : 0
  return { spentMs: spentMs + pause, unforeseen, ...(progress !== undefined && { progress }) }
}

async function runSubtask(attempt: Attempt): Promise<Progress> {
  const { store, turns, context, call, work } = attempt
  const { info } = context
  const before = spentBefore(context)
  const startedAt = performance.now()
  let spentEarlier = before.spentMs
  const spent = (): number => spentEarlier + performance.now() - startedAt
  let { progress, unforeseen } = before
  const beat = (spentMs = spent(), counts = true): void =>
    context.heartbeat({
      spentMs: Math.round(spentMs),
      at: Date.now(),
      counts,
      unforeseen,
      ...(progress !== undefined && { progress }),
    })
  const heart = setInterval(() => beat(), heartbeatMs)
  // Not AbortSignal.timeout: that keeps what the attempt held until the time is up.
  const timeUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const closers: (() => Promise<void>)[] = []
  const { open, log, flush, flushWith } = subtaskLog(store, call)
  const workflowId = info.workflowExecution?.workflowId ?? ''
  const finish = async (outcome: Outcome): Promise<Progress> => {
    const done = await flushWith((lines) => store.tasks.finished(call, outcome, { lines }))
    if (done) return done
    await flush()
    return store.tasks.allChanges(call.taskId, workflowId, call.since)
  }
  let span: OpenSpan<Failure | undefined> | undefined
  const ended = (
    outcome: AttemptEnd['outcome'],
    { why, ...more }: Pick<AttemptEnd, 'code' | 'moments'> & { readonly why?: string } = {},
  ): void => {
    signals.attempt.send({ node: info.activityType, outcome, ms: spent(), ...more })
    const failure = { type: more.code ?? outcome, message: clip(why ?? outcome) }
    span?.end(outcome === 'successful' ? undefined : failure)
    span = undefined
  }
  let lastLine: string | undefined
  const run: SubtaskRun = {
    log: (level, message) => {
      lastLine = message
      log(level, message)
    },
    signal: AbortSignal.any([context.cancellationSignal, timeUp.signal]),
    key: `${call.taskId}-${call.subtaskId}`,
    progress: (message: string) => {
      progress = message
      beat()
    },
    atEnd: (close: () => Promise<void>) => void closers.push(close),
  }
  let node: Begun | undefined
  let endTurn: (() => void) | undefined
  try {
    endTurn = await turns.take(call.subtaskId, context.cancellationSignal)
    const begin = { ...call, workflowId, activity: info.activityType, attempt: info.attempt }
    node = await store.tasks.started({ ...begin, executor: hostname(), at: new Date() })
    // Done by an attempt whose answer was lost, or not this run's to do: the store says what is.
    if (node === undefined) return await store.tasks.allChanges(call.taskId, workflowId, call.since)
    // Heartbeats come by way of Temporal: no attempt can have spent time before the first began.
    spentEarlier = Math.min(spentEarlier, Math.max(0, Date.now() - node.startTime.getTime()))
    open(node.operation)
    const limitMs = node.timeoutSeconds * 1000
    const giveUp = () => timeUp.abort(new Error(`${limitMs / 1000} s are over`))
    timer = setTimeout(giveUp, Math.max(1000, limitMs - spent()))
    log(
      'INFO',
      `Run subtask, id=${call.subtaskId}, name=${node.name}, attempt=${info.attempt}, executor=${hostname()}`,
    )
    const due = node
    const begun = performance.now()
    span = traces.tracer()?.attempt(tracedAttempt(call, due, context))
    const whole = () => withSubtaskRun(run, () => work(due))
    await (span ? span.inside(whole) : whole())
    const worked = performance.now()
    log(
      'INFO',
      `Set state for subtask: ${call.subtaskId}, current state: RUNNING, new state: SUCCESSFUL`,
    )
    const progressed = await finish({ status: 'SUCCESSFUL' })
    const moments = { taken: startedAt, begun, worked, ended: performance.now() }
    ended('successful', { moments })
    return progressed
  } catch (error) {
    const seen = error === timeUp.signal.reason ? lastSeen(lastLine) : seenIn(error)
    const storeAway = storeAwayReason(error)
    const outOfTime =
      node !== undefined &&
      storeAway === undefined &&
      (timeUp.signal.aborted || spent() >= node.timeoutSeconds * 1000)
    const foreseen = storeAway !== undefined || isForeseen(error) || timeUp.signal.aborted
    if (!foreseen) unforeseen += 1
    const cause =
      definiteCause(error, node, outOfTime ? seen : undefined) ??
      (unforeseen >= unforeseenAttempts ? unforeseenCause(error, node) : undefined)
    if (context.cancellationDetails?.cancelRequested) {
      ended('canceled')
      log('WARN', 'Canceled by an operator')
      await flush().catch(() => undefined)
      throw error instanceof CancelledFailure
        ? error
        : new CancelledFailure('canceled by an operator')
    }
    const stopping = context.cancellationDetails?.workerShutdown
    // Whoever may not begin may not end a subtask either.
    if (cause && node === undefined) throw definiteFailure(cause)
    if (!cause || stopping) {
      const why = stopping ? 'this worker shuts down' : reasonOf(error)
      ended(stopping ? 'handed over' : 'retried', { why })
      log(
        'WARN',
        `Attempt ${info.attempt} failed: ${why}; ${stopping ? 'another worker goes on' : 'retrying'}`,
      )
      await flush().catch(() => undefined)
      if (!stopping && storeAway === undefined)
        await store.tasks.waiting(call, clippedSaid(saidBy(error))).catch(() => undefined)
      // The next attempt reads from the last heartbeat how much time is left.
      if (storeAway === undefined) beat()
      else beat(spentEarlier, false)
      throw passingFailure(error, stopping && { nextRetryDelay: handOverMs })
    }
    if (!foreseen && error instanceof Error) log('ERROR', error.stack ?? error.message)
    log(
      'ERROR',
      `Execute task failed, subtask=${call.subtaskId}, code=${cause.code}, failedMessage=${inEnglish(cause.message)}`,
    )
    if (cause.advice !== undefined) log('ERROR', `Advice: ${inEnglish(cause.advice)}`)
    await finish({ status: 'FAILED', cause: keptCause(cause) }).catch((lost: unknown) => {
      throw passingFailure(lost)
    })
    ended('failed', { code: cause.code, why: inEnglish(cause.message) })
    throw definiteFailure(cause)
  } finally {
    clearInterval(heart)
    clearTimeout(timer)
    span?.end({ type: 'lost', message: 'the store did not take its end' })
    // Emptied, since a timer that a library leaves behind still holds the run.
    await Promise.allSettled(closers.splice(0).map((close) => close()))
    endTurn?.()
  }
}

const tracedAttempt = (
  { taskId, subtaskId }: NodeCall,
  { workflow, trace }: Begun,
  { info }: Context,
): TracedAttempt => ({
  workflow,
  trace,
  taskId,
  subtaskId,
  workflowId: info.workflowExecution?.workflowId ?? '',
  runId: info.workflowExecution?.runId ?? '',
  activity: info.activityType,
  activityId: info.activityId,
  attempt: info.attempt,
})

/**
 * Hosts and servers that do not answer are TransientErrors; what the store's driver throws comes as
 * it is.
 */
const storeAwayReason = (error: unknown): string | undefined =>
  error instanceof TransientError ? undefined : awayReason(error)

/** Of the store's driver only what it says itself: the statement around it carries log lines. */
const reasonOf = (error: unknown): string => {
  const storeAway = storeAwayReason(error)
  return storeAway === undefined ? textOf(error) : `the store is away: ${storeAway}`
}

/** What nodes and the rooms below them throw on purpose, and what Temporal ends an attempt with. */
const isForeseen = (error: unknown): boolean =>
  error instanceof DefiniteError ||
  error instanceof TransientError ||
  error instanceof CancelledFailure

/** An error that is neither known to pass nor to stay: most likely a mistake in obflow. */
const unforeseenCause = (error: unknown, node: NodeInput | undefined): Cause => ({
  code: 'COM10999',
  message: say`"${node?.name ?? ''}" failed ${unforeseenAttempts} times in a way that obflow does not know: ${seenIn(error)}`,
  advice: say`Read the end of its log, which has the whole error. If nothing there can be mended, report it with the diagnosis of the task.`,
})

const passingFailure = (
  error: unknown,
  next: { readonly nextRetryDelay: number } | false | undefined = false,
): ApplicationFailure =>
  ApplicationFailure.create({ message: clip(reasonOf(error)), type: 'Transient', ...next })

const lastSeen = (logLine: string | undefined): Said =>
  logLine === undefined ? say`nothing` : asIs(logLine)

const seenIn = (error: unknown): Said =>
  error instanceof TransientError || !(error instanceof Error)
    ? saidBy(error)
    : asIs(`${error.name}: ${error.message}`)

/**
 * What ends a subtask for good: what its node found, or that its time is over, with what was seen
 * last.
 */
function definiteCause(
  error: unknown,
  subtask: NodeInput | undefined,
  seenLast: Said | undefined,
): Cause | undefined {
  if (error instanceof DefiniteError) return error.reason
  if (seenLast === undefined || subtask === undefined) return undefined
  return {
    code: 'TSK10012',
    message: say`"${subtask.name}" did not succeed within ${subtask.timeoutSeconds} s. Last seen: ${seenLast}`,
    advice: say`Mend what was last seen, then retry the subtask: it goes on where it stopped.`,
  }
}
