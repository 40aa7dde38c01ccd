import { type Cluster, isDirty, now, type Resources, type Server, type Zone } from './cluster.ts'
import { readFaults } from './faults.ts'
import { countUp } from './home.ts'
import { buildVersion, type Hello, type Observer } from './observer.ts'
import { firstPrimaryZone } from './primaryZone.ts'
import { addressText, call, parseAddress } from './rpc.ts'
import { sysLogDisk } from './settings.ts'
import { Refusal, refusal } from './sqlErrors.ts'
import { type Primary, registerAt } from './standby.ts'

export type BootstrapRequest = {
  role: Cluster['role']
  /** Of a standby. */
  primary?: Primary
  servers: { address: string; zone: string; region: string }[]
}

const rpcMs = 2000
const leadMs = 90_000

/**
 * ALTER SYSTEM BOOTSTRAP: checks as the real one does, then one kernel under the first server.
 * Throws Refusal. Source: oceanbase src/observer/ob_service.cpp, ObService::bootstrap.
 */
export async function bootstrap(self: Observer, request: BootstrapRequest): Promise<void> {
  countUp(self.home.bootstrapReceived)
  if (self.bootstrapping) throw refusal('initTwice', 'The object is initialized twice')
  refuseNotEmpty(self)
  self.bootstrapping = true
  try {
    const greetings = await check(self, request)
    countUp(self.home.bootstrapCount)
    await execute(self, request, greetings)
    self.log('INFO', 'BOOTSTRAP', 'succeed to do_boot_strap', { servers: request.servers.length })
  } catch (error) {
    const refused =
      error instanceof Refusal
        ? error.sql
        : { errno: 4016, message: error instanceof Error ? error.message : String(error) }
    const { ret = -refused.errno, logged = refused.message } =
      error instanceof Refusal ? (error.behind ?? {}) : {}
    self.log('ERROR', 'BOOTSTRAP', `failed to prepare boot strap: ${logged}`, { ret })
    throw error instanceof Refusal ? error : refusal('system', `System error: ${refused.message}`)
  } finally {
    self.bootstrapping = false
  }
}

/** What the server itself holds; the client gets the number alone, the words are in the log. */
export function refuseNotEmpty(self: Observer): void {
  if (!self.membership?.complete && !isDirty(self.dataDir)) return
  self.log('WARN', 'BOOTSTRAP', 'observer is not empty', { ret: -4015 })
  throw refusal('system', 'System error')
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
  if (self.version.reservesPool)
    for (const [address, { resources }] of greetings) holdSys(self, address, resources)
  if (self.version.line !== '4.x') firstPrimaryZone(zonesOf(servers))
  if (primary) await registerAt(primary, registrationOf(self, primary))
  return greetings
}

/**
 * Before anything is written each server is to hold sys. Source: K4.2.5
 * rootserver/ob_bootstrap.cpp notify_sys_tenant_server_unit_resource,
 * logservice/ob_server_log_block_mgr.cpp create_tenant.
 */
function holdSys(self: Observer, address: string, { logDisk }: Resources): void {
  const needed = sysLogDisk(self.settings, self.resources)
  if (logDisk >= needed) return
  self.log(
    'ERROR',
    'CLOG',
    `ObServerLogBlockMGR can not hold any new tenants(server="${address}", log_disk_size=${needed}, total=${logDisk})`,
    { ret: -4624 },
  )
  throw refusal('resourceNotEnough', 'machine resource is not enough to hold a new unit')
}

const registrationOf = (self: Observer, primary: Primary) => ({
  clusterId: self.clusterId,
  clusterName: self.clusterName,
  version: self.version.full,
  primaryId: primary.clusterId,
  rootServers: self.rsList.map(addressText),
})

/** The client learns neither the true number nor who did not answer: those are in the log. */
export function unreachable(error: unknown, address: string): Refusal {
  const why = error instanceof Error ? error.message : String(error)
  return new Refusal(refusal('rpcPost', 'RPC post error').sql, {
    ret: -4122,
    logged: `server '${address}' is not reachable: ${why}`,
  })
}

/** A server's hello; throws OB_RPC_POST_ERROR when it cannot be reached. */
async function greet(address: string): Promise<Hello> {
  const to = parseAddress(address)
  if (!to) throw refusal('invalidArgument', `Invalid argument: server '${address}'`)
  try {
    return await call<Hello>(to, 'hello', null, rpcMs)
  } catch (error) {
    throw unreachable(error, address)
  }
}

function checkOne(self: Observer, address: string, zone: string, hello: Hello | undefined): void {
  const at = `server="${address}"`
  if (!hello) throw refusal('rpcPost', 'RPC post error')
  // Source: oceanbase src/rootserver/ob_bootstrap.cpp, ObPreBootstrap::prepare_bootstrap.
  if (hello.state !== 'empty') {
    self.log('WARN', 'BOOTSTRAP', `cannot do bootstrap on not empty server(${at})`, { ret: -4005 })
    throw refusal('initTwice', 'The object is initialized twice')
  }
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
  const zones = zonesOf(request.servers)
  return {
    version: self.version.full,
    clusterId: self.clusterId,
    clusterName: self.clusterName,
    role: request.role,
    ...(request.primary && { primary: request.primary }),
    leader: request.servers[0]?.address ?? '',
    ...(!request.primary && { users: { root: '' } }),
    created,
    zones,
    servers,
    nextServerId: servers.length + 1,
    // Source: oceanbase 3.1 src/rootserver/ob_bootstrap.cpp; 4.x begins at RANDOM.
    primaryZone: self.version.line === '4.x' ? 'RANDOM' : firstPrimaryZone(zones),
    parameters: { ...self.settings, rootservice_list: self.rsList.map(addressText).join(';') },
    frozenVersion: 1,
    frozenAt: 0,
    previousFrozenAt: 0,
    ioCalibrationAt: 0,
    tenantJobs: [],
  }
}

const zonesOf = (servers: BootstrapRequest['servers']): Zone[] =>
  servers.map(({ zone, region }) => ({
    name: zone,
    region,
    idc: '',
    active: true,
    created: now(),
  }))

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
    lastSeen: now(),
    deletingSince: 0,
    created: now(),
    startService: 0,
    stopTime: 0,
    lastOffline: 0,
    buildVersion: buildVersion(hello.version),
    resources: hello.resources,
  }
}
