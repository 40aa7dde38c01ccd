import { type DefiniteError, saidBy } from '../../errors/failure.ts'
import { say } from '../../errors/say.ts'
import {
  allowSeconds,
  bootstrapStatement,
  type EarlierBootstrap,
  earlierBootstrap,
  noteBootstrapDone,
  noteBootstrapRefused,
  noteBootstrapSent,
  PassingSqlError,
  readEarlierBootstrap,
  SqlError,
} from '../../oceanbase/index.ts'
import { bootstrapFailure } from '../logTail.ts'
import type { ClusterNode } from '../node.ts'
import { asFirstRoot, leadingServer } from '../session.ts'
import { until } from '../until.ts'
import { isBootstrapped } from './bootstrapProof.ts'
import { primaryOf } from './primary.ts'
import { foundNotEmpty, startAfresh } from './startAfresh.ts'

/** What all deployers give BOOTSTRAP: 1000 s. */
const bootstrapSeconds = 1_000
/** The server's own word on a time that is up is worth more than ours: it gets the first say. */
const graceSeconds = 30

/** How long the cluster may take to prove that it is bootstrapped before it counts as not. */
export interface Patience {
  /** With a BOOTSTRAP whose answer was lost with its sender, or that the log says was done. */
  readonly lostAnswerMs: number
  /**
   * With servers that know no tables: an empty cluster refreshes its schema within seconds of its
   * start. It also covers what may go on behind a 4012.
   */
  readonly doubtMs: number
}

export const defaultPatience: Patience = { lostAnswerMs: 120_000, doubtMs: 30_000 }

/**
 * What BOOTSTRAP and ADD SERVER are answered with when an RPC failed, or when their time was up.
 */
export const isRpcFailure = (error: unknown): error is PassingSqlError =>
  error instanceof PassingSqlError && error.errno === 4012

/** Gives the cluster this long to prove that it is bootstrapped. */
function bootstrappedWithin(node: ClusterNode, ms: number): Promise<boolean> {
  const giveUp = performance.now() + ms
  return until(say`a proof of BOOTSTRAP`, node, async () => {
    if (await isBootstrapped(node)) return { ready: true }
    return performance.now() > giveUp ? { ready: false } : { waiting: say`not bootstrapped yet` }
  })
}

/**
 * Sends BOOTSTRAP to a cluster that did not prove to be bootstrapped. One that ended half-way
 * earlier cannot be mended in place: OceanBase refuses directories that are not empty. So what this
 * task made there is emptied first, and nothing else, and never what may be a live cluster.
 */
export async function bootstrapOnce(node: ClusterNode, patience: Patience): Promise<void> {
  const earlier = await earlierAttempt(node)
  if (earlier.state === 'done') {
    node.log('INFO', 'BOOTSTRAP was done by an earlier attempt; the cluster is not ready again yet')
    return
  }
  if (await endedWell(node, earlier, patience)) return noteDone(node)
  if (earlier.state !== 'none')
    await startAfresh(node, say`an earlier BOOTSTRAP of this task ended half-way`)
  let refusal = await sendBootstrap(node)
  if (refusal && worthAnother(refusal, earlier) && !(await provesSoon(node, refusal, patience))) {
    await startAfresh(node, saidBy(refusal))
    refusal = await sendBootstrap(node)
  }
  if (refusal && !(await provesSoon(node, refusal, patience))) {
    await note(node, noteBootstrapRefused(node.input.taskId), 'note that BOOTSTRAP was refused')
    throw await bootstrapFailed(node, refusal)
  }
  if (!(await bootstrappedWithin(node, patience.doubtMs)))
    throw await bootstrapFailed(node, new Error('it was accepted, but left no schema'))
  await noteDone(node)
}

type Refusal = SqlError | PassingSqlError

const worthAnother = (refusal: Refusal, { state }: EarlierBootstrap): boolean =>
  isRpcFailure(refusal) || (state === 'none' && foundNotEmpty(refusal))

/** Whether there is a cluster behind a refusal that does not rule it out. */
const provesSoon = async (
  node: ClusterNode,
  refusal: Refusal,
  { doubtMs }: Patience,
): Promise<boolean> =>
  (isRpcFailure(refusal) || foundNotEmpty(refusal)) && bootstrappedWithin(node, doubtMs)

const bootstrapFailed = (node: ClusterNode, error: Error): Promise<DefiniteError> =>
  bootstrapFailure(
    node,
    { code: 'OBE10002', message: say`Bootstrap OB failed: ${saidBy(error)}` },
    [leadingServer(node)],
    { cause: error },
  )

async function note(
  node: ClusterNode,
  script: ReturnType<typeof noteBootstrapRefused>,
  title: string,
): Promise<void> {
  const host = await node.host(leadingServer(node).hostId)
  await host.must(script, { title })
}

/** From here on no attempt takes the cluster for one that was never made. */
export const noteDone = (node: ClusterNode): Promise<void> =>
  note(node, noteBootstrapDone(node.input.taskId), 'note that BOOTSTRAP was done')

async function earlierAttempt(node: ClusterNode): Promise<EarlierBootstrap> {
  const host = await node.host(leadingServer(node).hostId)
  const script = earlierBootstrap(node.cluster, node.input.taskId)
  return readEarlierBootstrap(await host.must(script, { title: 'look for an earlier BOOTSTRAP' }))
}

/**
 * Waits for what an earlier attempt may have brought about. False when nothing came of it:
 * BOOTSTRAP may never have left its sender. Throws when the log says that it was done: such a
 * cluster is kept.
 */
async function endedWell(
  node: ClusterNode,
  earlier: EarlierBootstrap,
  patience: Patience,
): Promise<boolean> {
  if (earlier.state === 'none' || earlier.state === 'done') return false
  if (earlier.state === 'refused' && !earlier.saidDone) return false
  if (await bootstrappedWithin(node, patienceWith(node, earlier, patience))) return true
  if (!earlier.saidDone) return false
  const { ip } = leadingServer(node)
  throw await bootstrapFailed(
    node,
    new Error(`the log of ${ip} says that BOOTSTRAP was done, but no root server gets ready`),
  )
}

function patienceWith(
  node: ClusterNode,
  earlier: Exclude<EarlierBootstrap, { readonly state: 'none' | 'done' }>,
  { lostAnswerMs, doubtMs }: Patience,
): number {
  if (earlier.state !== 'running') {
    node.log('INFO', `BOOTSTRAP was sent to a process of ${leadingServer(node).ip} that is gone`)
    return earlier.saidDone ? lostAnswerMs : doubtMs
  }
  const { awaitedSeconds } = earlier
  node.log(
    'INFO',
    `BOOTSTRAP was sent by an attempt that did not see its answer; awaited for ${awaitedSeconds} s`,
  )
  // Counted from the first attempt that waited: those that are themselves cut off would wait for
  // ever.
  return lostAnswerMs - Math.max(0, awaitedSeconds) * 1000
}

/**
 * Sends it once. Gives the server's refusal; a lost connection is thrown, and the next attempt
 * finds out what became of it.
 */
async function sendBootstrap(node: ClusterNode): Promise<Refusal | undefined> {
  const leader = leadingServer(node)
  try {
    const patient = { timeoutMs: (bootstrapSeconds + graceSeconds) * 1000 }
    await asFirstRoot(
      node,
      leader,
      async (session) => {
        await session.run(allowSeconds(bootstrapSeconds))
        // As late as can be: who dies between the note and the statement costs the next attempt its
        // patience.
        await note(
          node,
          noteBootstrapSent(node.cluster, node.input.taskId),
          'note that BOOTSTRAP is sent',
        )
        node.progress('BOOTSTRAP sent')
        await session.run(
          bootstrapStatement(
            node.cluster,
            node.cluster.type === 'STANDBY' ? primaryOf(node) : undefined,
          ),
        )
      },
      patient,
    )
    return undefined
  } catch (error) {
    if (!(error instanceof SqlError || isRpcFailure(error))) throw error
    node.log('ERROR', `BOOTSTRAP was refused: ${error.message}`)
    // 4005, 4012 and 4015 do not tell that there is no cluster.
    if (!isRpcFailure(error) && !foundNotEmpty(error))
      await note(node, noteBootstrapRefused(node.input.taskId), 'note that BOOTSTRAP was refused')
    return error
  }
}
