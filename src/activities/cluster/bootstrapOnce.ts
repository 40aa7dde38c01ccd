import type { DefiniteError } from '../../errors/failure.ts'
import {
  allowSeconds,
  bootstrapStatement,
  type EarlierBootstrap,
  earlierBootstrap,
  lineOf,
  noteBootstrapRefused,
  noteBootstrapSent,
  readEarlierBootstrap,
  rootServersOf,
  SqlError,
} from '../../oceanbase/index.ts'
import { observerFailure } from '../logTail.ts'
import type { ClusterNode } from '../node.ts'
import { asRoot, leadingServer } from '../session.ts'
import { until } from '../until.ts'
import { primaryOf } from './primary.ts'
import { foundNotEmpty, startAfresh } from './startAfresh.ts'

/** What all deployers give BOOTSTRAP: 1000 s. */
const bootstrapSeconds = 1000
/** The server's own word on a time that is up is worth more than ours: it gets the first say. */
const graceSeconds = 30
/**
 * How long a BOOTSTRAP whose answer was lost with its sender may go on before it counts as dead.
 */
const lostAnswerMs = 120_000
/** Asks the server that leads the bootstrap whether it was done. */
export const isBootstrapped = (node: ClusterNode): Promise<boolean> =>
  asRoot(node, leadingServer(node), lineOf(node.cluster.version).bootstrapped)

/**
 * Sends BOOTSTRAP to a cluster that was seen not to be bootstrapped. One that ended half-way
 * earlier cannot be mended in place: OceanBase refuses directories that are not empty. So what this
 * task made there is emptied first, and nothing else.
 */
export async function bootstrapOnce(node: ClusterNode): Promise<void> {
  const earlier = await earlierAttempt(node)
  if (earlier.state === 'running' && (await endsWell(node, earlier.awaitedSeconds))) return
  if (earlier.state !== 'none')
    await startAfresh(node, 'an earlier BOOTSTRAP of this task ended half-way')
  let refusal = await sendBootstrap(node)
  if (refusal && foundNotEmpty(refusal) && earlier.state === 'none') {
    await startAfresh(node, refusal.message)
    refusal = await sendBootstrap(node)
  }
  if (refusal) throw await bootstrapFailed(node, refusal)
  if (!(await isBootstrapped(node)))
    throw await bootstrapFailed(node, new Error('it was accepted, but left no schema'))
}

const bootstrapFailed = (node: ClusterNode, error: Error): Promise<DefiniteError> =>
  observerFailure(
    node,
    { code: 'OBE10002', message: `Bootstrap OB failed: ${error.message}` },
    rootServersOf(node.cluster),
    {
      cause: error,
    },
  )

async function earlierAttempt(node: ClusterNode): Promise<EarlierBootstrap> {
  const host = await node.host(leadingServer(node).hostId)
  const script = earlierBootstrap(node.cluster, node.input.taskId)
  return readEarlierBootstrap(await host.must(script, { title: 'look for an earlier BOOTSTRAP' }))
}

/**
 * Waits for a BOOTSTRAP that still runs although whoever sent it died. False when nothing came of
 * it: it may never have left its sender.
 */
async function endsWell(node: ClusterNode, awaitedSeconds: number): Promise<boolean> {
  node.log(
    'INFO',
    `BOOTSTRAP was sent by an attempt that did not see its answer; awaited for ${awaitedSeconds} s`,
  )
  // Counted from the first attempt that waited: those that are themselves cut off would wait for
  // ever.
  const giveUp = performance.now() + lostAnswerMs - Math.max(0, awaitedSeconds) * 1000
  return until('the BOOTSTRAP under way', node, async () => {
    if (performance.now() > giveUp) return { ready: false }
    return (await isBootstrapped(node)) ? { ready: true } : { waiting: 'not bootstrapped yet' }
  })
}

/**
 * Sends it once. Gives the server's refusal; a lost connection is thrown, and the next attempt
 * finds out what became of it.
 */
async function sendBootstrap(node: ClusterNode): Promise<SqlError | undefined> {
  const leader = leadingServer(node)
  const host = await node.host(leader.hostId)
  try {
    const patient = { timeoutMs: (bootstrapSeconds + graceSeconds) * 1000 }
    await asRoot(
      node,
      leader,
      async (session) => {
        await session.run(allowSeconds(bootstrapSeconds))
        // As late as can be: who dies between the note and the statement costs the next attempt its
        // patience.
        await host.must(noteBootstrapSent(node.cluster, node.input.taskId), {
          title: 'note that BOOTSTRAP is sent',
        })
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
    if (!(error instanceof SqlError)) throw error
    await host.must(noteBootstrapRefused(node.input.taskId), {
      title: 'note that BOOTSTRAP was refused',
    })
    node.log('ERROR', `BOOTSTRAP was refused: ${error.message}`)
    return error
  }
}
