import type { DefiniteError } from '../errors/failure.ts'
import {
  allowSeconds,
  bootstrapStatement,
  earlierBootstrap,
  lineOf,
  noteBootstrapRefused,
  noteBootstrapSent,
  rootServersOf,
  SqlError,
} from '../oceanbase/index.ts'
import { observerFailure } from './logTail.ts'
import type { ClusterNode } from './node.ts'
import { primaryOf } from './primary.ts'
import { asRoot, leadingServer } from './session.ts'
import { foundNotEmpty, startAfresh } from './startAfresh.ts'
import { until } from './until.ts'

/** What all deployers give BOOTSTRAP: 1000 s. */
const bootstrapSeconds = 1000
/** The server's own word on a time that is up is worth more than ours: it gets the first say. */
const graceSeconds = 30
/** How long a BOOTSTRAP whose answer was lost with its sender may go on before it counts as dead. */
const lostAnswerMs = 120_000
/** Asks the server that leads the bootstrap whether it was done. */
export const isBootstrapped = (node: ClusterNode): Promise<boolean> =>
  asRoot(node, leadingServer(node), lineOf(node.cluster.version).bootstrapped)

/**
 * Sends BOOTSTRAP to a cluster that was seen not to be bootstrapped. One that ended half-way earlier cannot be mended in place: OceanBase
 * refuses directories that are not empty. So what this task made there is emptied first, and nothing else.
 */
export async function bootstrapOnce(node: ClusterNode): Promise<void> {
  const earlier = await earlierAttempt(node)
  if (earlier === 'running' && (await endsWell(node))) return
  if (earlier !== 'none') await startAfresh(node, 'an earlier BOOTSTRAP of this task ended half-way')
  let refusal = await sendBootstrap(node)
  if (refusal && foundNotEmpty(refusal) && earlier === 'none') {
    await startAfresh(node, refusal.message)
    refusal = await sendBootstrap(node)
  }
  if (refusal) throw await bootstrapFailed(node, refusal)
  if (!(await isBootstrapped(node))) throw await bootstrapFailed(node, new Error('it was accepted, but left no schema'))
}

const bootstrapFailed = (node: ClusterNode, error: Error): Promise<DefiniteError> =>
  observerFailure(node, { code: 'OBE10002', message: `Bootstrap OB failed: ${error.message}` }, rootServersOf(node.cluster), {
    cause: error,
  })

async function earlierAttempt(node: ClusterNode): Promise<'none' | 'running' | 'ended'> {
  const host = await node.host(leadingServer(node).hostId)
  const answer = await host.must(earlierBootstrap(node.cluster, node.input.taskId), { title: 'look for an earlier BOOTSTRAP' })
  if (answer.includes('none')) return 'none'
  return answer.includes('running') ? 'running' : 'ended'
}

/** Waits for a BOOTSTRAP that still runs although whoever sent it died. False when nothing came of it. */
async function endsWell(node: ClusterNode): Promise<boolean> {
  node.log('INFO', 'BOOTSTRAP was sent by an earlier attempt that did not see its answer')
  const giveUp = performance.now() + lostAnswerMs
  return until('the BOOTSTRAP under way', node, async () => {
    if (performance.now() > giveUp) return { ready: false }
    return (await isBootstrapped(node)) ? { ready: true } : { waiting: 'not bootstrapped yet' }
  })
}

/** Sends it once. Gives the server's refusal; a lost connection is thrown, and the next attempt finds out what became of it. */
async function sendBootstrap(node: ClusterNode): Promise<SqlError | undefined> {
  const leader = leadingServer(node)
  const host = await node.host(leader.hostId)
  await host.must(noteBootstrapSent(node.cluster, node.input.taskId), { title: 'note that BOOTSTRAP is sent' })
  node.progress('BOOTSTRAP sent')
  try {
    const patient = { timeoutMs: (bootstrapSeconds + graceSeconds) * 1000 }
    await asRoot(
      node,
      leader,
      async (session) => {
        await session.run(allowSeconds(bootstrapSeconds))
        await session.run(bootstrapStatement(node.cluster, node.cluster.type === 'STANDBY' ? primaryOf(node) : undefined))
      },
      patient,
    )
    return undefined
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    await host.must(noteBootstrapRefused(node.input.taskId), { title: 'note that BOOTSTRAP was refused' })
    node.log('ERROR', `BOOTSTRAP was refused: ${error.message}`)
    return error
  }
}
