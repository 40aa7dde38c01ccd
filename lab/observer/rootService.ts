import { now, type Server, saveCluster } from './cluster.ts'
import { readFaults } from './faults.ts'
import { knownUsers } from './followerSession.ts'
import { elect } from './leadership.ts'
import { type Hello, isLeader, isStarting, type Observer, rpcAddress } from './observer.ts'
import { call, parseAddress } from './rpc.ts'

const probeEveryMs = 500
const probeTimeoutMs = 900
/**
 * A lost server is noticed when its lease ends. Source: oceanbase ob_server_config lease_time, 10
 * s; src/rootserver/ob_server_manager.cpp, check_servers; from 4.2 on ob_heartbeat_service.cpp.
 */
const leaseMs = 10_000
const deletingMicros = 1_000_000

/** The leader's watch over its servers, and the other servers' refresh of the schema. */
export function startRootService(self: Observer): void {
  let saved = ''
  const round = async (): Promise<void> => {
    const { cluster } = self
    if (cluster && self.kernel && isLeader(self)) {
      await Promise.all(cluster.servers.map((server) => probe(self, server)))
      cluster.servers = cluster.servers.filter(
        (server) => server.deletingSince === 0 || now() < server.deletingSince + deletingMicros,
      )
      elect(cluster)
      const text = JSON.stringify(cluster)
      if (text !== saved) saveCluster(self.dataDir, cluster)
      saved = text
    }
    const leader = parseAddress(self.membership?.leader ?? '')
    if (leader && self.membership?.complete && !isLeader(self) && !isStarting(self))
      await knownUsers(self, leader)
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
  const beat =
    address === rpcAddress(self) ? { startService: self.startService } : await ask(server)
  if (beat === undefined) {
    const lease = (readFaults().leaseMs ?? leaseMs) * 1000
    if (!server.alive || now() < server.lastSeen + lease) return
    server.alive = false
    server.lastOffline = now()
    server.startService = 0
    self.log('WARN', 'RS', 'server is inactive', { server: address, ret: -4663 })
    return
  }
  server.lastSeen = now()
  if (!server.alive) self.log('INFO', 'RS', 'server is active', { server: address })
  server.alive = true
  // One that was started again within its lease keeps its old time until it serves.
  if (beat.startService > 0) server.startService = beat.startService
}

async function ask(server: Server): Promise<Pick<Hello, 'startService'> | undefined> {
  try {
    const hello = await call<Hello>(
      { ip: server.ip, port: server.rpcPort },
      'hello',
      null,
      probeTimeoutMs,
    )
    return hello.state === 'member' ? hello : undefined
  } catch {
    return undefined
  }
}
