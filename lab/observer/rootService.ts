import { now, type Server, saveCluster } from './cluster.ts'
import { type Hello, isLeader, type Observer, rpcAddress } from './observer.ts'
import { call } from './rpc.ts'

const probeEveryMs = 500
const probeTimeoutMs = 900
/** Two silent probes make a server INACTIVE, so that one slow answer of a busy host does not. */
const missesToInactive = 2
const deletingMicros = 1_000_000

/** The leader's watch over its servers; runs while the process does and sleeps on followers. */
export function startRootService(self: Observer): void {
  let saved = ''
  const round = async (): Promise<void> => {
    const { cluster } = self
    if (cluster && self.kernel && isLeader(self)) {
      await Promise.all(cluster.servers.map((server) => probe(self, server)))
      cluster.servers = cluster.servers.filter(
        (server) => server.deletingSince === 0 || now() < server.deletingSince + deletingMicros,
      )
      const text = JSON.stringify(cluster)
      if (text !== saved) saveCluster(self.dataDir, cluster)
      saved = text
    }
    setTimeout(run, probeEveryMs)
  }
  const run = (): void => {
    round().catch((error: unknown) => {
      self.log('WARN', 'RS', `probe round failed: ${String(error)}`, { ret: -4016 })
      setTimeout(run, probeEveryMs)
    })
  }
  run()
}

async function probe(self: Observer, server: Server): Promise<void> {
  const address = `${server.ip}:${server.rpcPort}`
  const processStart = address === rpcAddress(self) ? self.processStart : await ask(server)
  if (processStart === undefined) {
    server.misses += 1
    if (server.misses < missesToInactive || !server.alive) return
    server.alive = false
    server.lastOffline = now()
    server.startService = 0
    self.log('WARN', 'RS', 'server is inactive', { server: address, ret: -4663 })
    return
  }
  server.misses = 0
  if (!server.alive) self.log('INFO', 'RS', 'server is active', { server: address })
  server.alive = true
  if (server.processStart !== processStart) server.startService = 0
  server.processStart = processStart
  if (server.startService === 0) server.startService = now()
}

async function ask(server: Server): Promise<number | undefined> {
  try {
    const hello = await call<Hello>(
      { ip: server.ip, port: server.rpcPort },
      'hello',
      null,
      probeTimeoutMs,
    )
    return hello.state === 'member' ? hello.processStart : undefined
  } catch {
    return undefined
  }
}
