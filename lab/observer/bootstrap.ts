import { clockSpreadMs } from './clock.ts'
import { type Cluster, now, type Server } from './cluster.ts'
import { readFaults } from './faults.ts'
import { countUp } from './home.ts'
import { buildVersion, type Hello, type Observer } from './observer.ts'
import { addressText, call, parseAddress } from './rpc.ts'
import { Refusal, refusal } from './sqlErrors.ts'
import { type Primary, registerAt } from './standby.ts'

export type BootstrapRequest = {
  role: Cluster['role']
  /** Of a standby. */
  primary?: Primary
  servers: { address: string; zone: string; region: string }[]
}

/** Clocks of an OceanBase cluster may differ by this much. Source: ocp-api §7. */
const maxSkewMs = 50
const rpcMs = 2000
const leadMs = 90_000

/**
 * ALTER SYSTEM BOOTSTRAP: checks as the real one does, then one kernel under the first server.
 * Throws Refusal.
 */
export async function bootstrap(self: Observer, request: BootstrapRequest): Promise<void> {
  countUp(self.home.bootstrapReceived)
  if (self.membership?.complete || self.bootstrapping)
    throw refusal('initTwice', 'The object is initialized twice')
  self.bootstrapping = true
  try {
    const greetings = await check(self, request)
    countUp(self.home.bootstrapCount)
    await execute(self, request, greetings)
    self.log('INFO', 'BOOTSTRAP', 'bootstrap success', { servers: request.servers.length })
  } catch (error) {
    const refused =
      error instanceof Refusal
        ? error.sql
        : { errno: 4016, message: error instanceof Error ? error.message : String(error) }
    self.log('ERROR', 'BOOTSTRAP', `bootstrap failed: ${refused.message}`, { ret: -refused.errno })
    throw error instanceof Refusal ? error : refusal('system', `System error: ${refused.message}`)
  } finally {
    self.bootstrapping = false
  }
}

async function check(
  self: Observer,
  { servers, primary }: BootstrapRequest,
): Promise<Map<string, Hello>> {
  const told = readFaults().refuseBootstrap
  if (told) throw new Refusal({ ...told, sqlState: 'HY000' })
  const zones = servers.map((server) => server.zone)
  const twice = zones.find((zone, at) => zones.indexOf(zone) !== at)
  if (twice !== undefined)
    throw refusal(
      'zoneDuplicated',
      `Partition zone duplicated: should not choose two rs in same zone '${twice}'`,
    )
  const greetings = new Map<string, Hello>()
  await Promise.all(
    servers.map(async ({ address }) => greetings.set(address, await greet(address))),
  )
  for (const { address, zone } of servers) checkOne(self, address, zone, greetings.get(address))
  const skew = await clockSpreadMs(servers.map(({ address }) => address))
  if (skew > maxSkewMs)
    throw refusal(
      'system',
      `System error: clock difference between servers is ${skew} ms, over ${maxSkewMs} ms(ret=-4015)`,
    )
  if (primary) await registerAt(primary, registrationOf(self, primary))
  return greetings
}

const registrationOf = (self: Observer, primary: Primary) => ({
  clusterId: self.clusterId,
  clusterName: self.clusterName,
  version: self.version.full,
  primaryId: primary.clusterId,
  rootServers: self.rsList.map(addressText),
})

/** A server's hello; throws OB_RPC_POST_ERROR when it cannot be reached. */
async function greet(address: string): Promise<Hello> {
  const to = parseAddress(address)
  if (!to) throw refusal('invalidArgument', `Invalid argument: server '${address}'`)
  try {
    return await call<Hello>(to, 'hello', null, rpcMs)
  } catch (error) {
    throw refusal(
      'rpcPost',
      `RPC post error: server '${address}' is not reachable: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function checkOne(self: Observer, address: string, zone: string, hello: Hello | undefined): void {
  const at = `server="${address}"`
  if (!hello) throw refusal('serverNotAlive', `server not alive: ${address}`)
  if (hello.state === 'member')
    throw refusal(
      'initTwice',
      `The object is initialized twice: server is already in a cluster(${at})`,
    )
  if (hello.state === 'dirty')
    throw refusal('system', `System error: observer is not empty(ret=-4015, ${at})`)
  if (hello.zone !== zone)
    throw refusal(
      'zoneNotMatch',
      `server zone not match: statement says '${zone}', server was started with -z '${hello.zone}'(${at})`,
    )
  if (hello.clusterId !== self.clusterId || hello.clusterName !== self.clusterName)
    throw refusal(
      'clusterNoMatch',
      `cluster name does not match: '${hello.clusterName}:${hello.clusterId}' against '${self.clusterName}:${self.clusterId}'(${at})`,
    )
  if (hello.version !== self.version.full)
    throw refusal(
      'notSupported',
      `different server versions: ${hello.version} and ${self.version.full}(${at}) not supported`,
    )
  if (!hello.rsList.includes(address))
    throw refusal(
      'notInWhiteList',
      `server is not in its rs_list '${hello.rsList.join(';')}'(${at})`,
    )
}

async function execute(
  self: Observer,
  request: BootstrapRequest,
  greetings: Map<string, Hello>,
): Promise<void> {
  const addresses = request.servers.map(({ address }) => address)
  const leader = addresses[0] ?? ''
  const cluster = newCluster(self, request, greetings)
  const membership = (zone: string) => ({
    clusterId: cluster.clusterId,
    clusterName: cluster.clusterName,
    zone,
    leader,
    complete: false,
  })
  const tell = (address: string, op: string, body: unknown, timeout: number) => {
    const to = parseAddress(address)
    return to
      ? call(to, op, body, timeout)
      : Promise.reject(refusal('invalidArgument', 'Invalid argument'))
  }
  await Promise.all(
    request.servers.map(({ address, zone }) => tell(address, 'prepare', membership(zone), rpcMs)),
  )
  await tell(leader, 'lead', cluster, leadMs)
  const others = request.servers.filter(({ address }) => address !== leader)
  await Promise.all(
    others.map(({ address, zone }) => tell(address, 'join', membership(zone), rpcMs)),
  )
}

function newCluster(
  self: Observer,
  request: BootstrapRequest,
  greetings: Map<string, Hello>,
): Cluster {
  const created = now()
  const servers = request.servers.flatMap(({ address, zone }, at) => {
    const hello = greetings.get(address)
    return hello ? [newServer(at + 1, address, zone, hello)] : []
  })
  return {
    version: self.version.full,
    clusterId: self.clusterId,
    clusterName: self.clusterName,
    role: request.role,
    ...(request.primary && { primary: request.primary }),
    leader: request.servers[0]?.address ?? '',
    created,
    zones: request.servers.map(({ zone, region }) => ({
      name: zone,
      region,
      idc: '',
      active: true,
      created,
    })),
    servers,
    nextServerId: servers.length + 1,
    primaryZone: 'RANDOM',
    parameters: { ...self.settings, rootservice_list: self.rsList.map(addressText).join(';') },
    frozenVersion: 1,
    frozenAt: 0,
    previousFrozenAt: 0,
    ioCalibrationAt: 0,
    tenantJobs: [],
  }
}

/**
 * A server as it enters the cluster; its start_service_time follows with the leader's next probe.
 */
export function newServer(id: number, address: string, zone: string, hello: Hello): Server {
  const { ip, port } = parseAddress(address) ?? { ip: '', port: 0 }
  return {
    id,
    ip,
    rpcPort: port,
    sqlPort: hello.sqlPort,
    zone,
    alive: true,
    misses: 0,
    deletingSince: 0,
    created: now(),
    processStart: hello.processStart,
    startService: 0,
    stopTime: 0,
    lastOffline: 0,
    buildVersion: buildVersion(hello.version),
    resources: hello.resources,
  }
}
