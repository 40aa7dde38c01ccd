import type { Host } from '../../host/index.ts'
import {
  askersOf,
  endListener,
  type HostFacts,
  listenScript,
  ownObservers,
  reachScript,
  readListener,
  readReached,
  type Way,
  type Wish,
} from '../../oceanbase/index.ts'
import { soon } from '../soon.ts'
import type { Looked } from './preCheck.ts'

/** A peer tries for 1.5 s. A silent peer is left to its own pre-check. */
const patienceMs = 5_000

/**
 * Whether other hosts of the cluster reach the ports of this one: each is asked over its own SSH,
 * while something listens here. Nothing goes over SSH from host to host. Undefined when nothing
 * could listen.
 */
export async function waysTo(
  node: Looked,
  { facts, wish }: { readonly facts: HostFacts; readonly wish: Wish },
): Promise<readonly Way[] | undefined> {
  const askers = askersOf(wish)
  if (askers.length === 0 || facts.dead.length > 0 || !facts.hasAddress) return []
  const { rpcPort, sqlPort } = wish.cluster
  const ask = (ports: readonly number[]) => waysFrom(node, askers, { ip: node.server.ip, ports })
  // Its own observer listens already: its ports are not taken, they are the answer.
  if (ownObservers({ facts, wish }).length > 0) {
    const open = facts.listening.map(({ port }) => port)
    return ask([rpcPort, sqlPort].filter((port) => open.includes(port)))
  }
  return whileListening(node.target, wish, ask)
}

async function whileListening(
  target: Host,
  wish: Wish,
  ask: (ports: readonly number[]) => Promise<readonly Way[]>,
): Promise<readonly Way[] | undefined> {
  const output = await target.must(listenScript(wish), {
    title: "listen on the cluster's ports for a moment",
    timeoutMs: 20_000,
  })
  const listener = readListener(output)
  if (!listener) return undefined
  try {
    return await ask(listener.ports)
  } finally {
    // Should this fail as well, it ends by itself in a few seconds.
    await target
      .run(endListener(listener), { title: 'stop listening', timeoutMs: 10_000 })
      .catch(() => undefined)
  }
}

async function waysFrom(
  node: Looked,
  askers: ReturnType<typeof askersOf>,
  { ip, ports }: { readonly ip: string; readonly ports: readonly number[] },
): Promise<readonly Way[]> {
  if (ports.length === 0) return []
  const title = `try ports ${ports.join(', ')} of ${ip}`
  const answers = await Promise.all(
    askers.map(async (asker): Promise<readonly Way[]> => {
      const output = await soon(
        node.host(asker.hostId).then((peer) => peer.must(reachScript(ip, ports), { title })),
        patienceMs,
      )
      if (output === undefined) return []
      const reached = readReached(output)
      return ports.map((port) => ({ from: asker.ip, port, reached: reached.includes(port) }))
    }),
  )
  return answers.flat()
}
