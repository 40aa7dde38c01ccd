import { DefiniteError, saidBy } from '../../errors/failure.ts'
import { type Said, say } from '../../errors/say.ts'
import {
  observerState,
  readObserverState,
  type ServerSpec,
  SqlError,
  startObserver,
  stopObserver,
} from '../../oceanbase/index.ts'
import type { Quoted } from '../../quote.ts'
import { inParallel } from '../inParallel.ts'
import { observerFailure } from '../logTail.ts'
import type { ClusterNode } from '../node.ts'
import { asFirstRoot, asRoot, selectOne } from '../session.ts'
import { until } from '../until.ts'

/**
 * Every how many looks at the SQL port the process is looked at as well: a remote command is dearer
 * than a login.
 */
const processEvery = 8

const failedToStart = (node: ClusterNode, server: ServerSpec, why: Said, options?: ErrorOptions) =>
  observerFailure(
    node,
    {
      code: 'OBE19006',
      message: say`observer on ${server.ip} failed to start: ${why}`,
      host: server.ip,
    },
    [server],
    options,
  )

/**
 * Runs a script that ends with the observer running, as the OS user that owns it. Its failure
 * carries the observer's own log.
 */
export async function bringUp(
  node: ClusterNode,
  server: ServerSpec,
  script: Quoted,
  title: string,
): Promise<void> {
  const host = await node.host(server.hostId)
  try {
    await host.must(script, { as: node.cluster.osUser, title })
  } catch (error) {
    if (!(error instanceof DefiniteError)) throw error
    throw await failedToStart(node, server, error.reason.message, { cause: error })
  }
}

/**
 * Starts the observers that do not run yet, adopts those that do, and waits until each lets root
 * in.
 */
export async function startObservers(
  node: ClusterNode,
  servers: readonly ServerSpec[],
): Promise<void> {
  await inParallel(servers, async (server) => {
    await bringUp(node, server, startObserver(node.cluster, server), 'start observer')
    await waitFor(node, server, asFirstRoot)
  })
  node.log('INFO', `${servers.length} observers run and answer`)
}

/** Stops the cluster's observers, each by the pid of its own home. */
export async function stopObservers(
  node: ClusterNode,
  servers: readonly ServerSpec[],
): Promise<void> {
  await inParallel(servers, async (server) => {
    const host = await node.host(server.hostId)
    await host.must(stopObserver(node.cluster), { as: node.cluster.osUser, title: 'stop observer' })
  })
}

/** Waits until a server of a cluster is ready; gives up as soon as the process is gone. */
export const waitForSql = (node: ClusterNode, server: ServerSpec): Promise<void> =>
  waitFor(node, server, asRoot)

async function waitFor(
  node: ClusterNode,
  server: ServerSpec,
  as: typeof asRoot | typeof asFirstRoot,
): Promise<void> {
  let looks = 0
  await until(say`observer ${server.ip}`, node, async () => {
    try {
      await as(node, server, selectOne)
      return { ready: true }
    } catch (error) {
      // While it starts, a server says no in many ways: "Server is initializing", no such tenant
      // yet.
      if (error instanceof DefiniteError && !(error instanceof SqlError)) throw error
      if (++looks % processEvery === 0) await refuseDead(node, server)
      return { waiting: saidBy(error) }
    }
  })
}

async function refuseDead(node: ClusterNode, server: ServerSpec): Promise<void> {
  const host = await node.host(server.hostId)
  const state = await host.must(observerState(node.cluster), {
    as: node.cluster.osUser,
    title: 'look for observer',
  })
  if (!readObserverState(state)) throw await failedToStart(node, server, say`the process is gone`)
}
