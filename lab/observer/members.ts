import {
  type Cluster,
  isDirty,
  type Membership,
  now,
  saveCluster,
  saveMembership,
} from './cluster.ts'
import { crash, readFaults } from './faults.ts'
import { type Kernel, startKernel } from './kernel.ts'
import { type Hello, type Observer, rpcAddress } from './observer.ts'
import { addressText, type Handlers } from './rpc.ts'
import { refusal } from './sqlErrors.ts'
import { primarySql, type Registration, register } from './standby.ts'
import { type Users, usersOfFollowers } from './users.ts'
import { coreTable } from './views/coreTable.ts'
import type { View } from './views/derived.ts'

export function hello(self: Observer): Hello {
  const empty = isDirty(self.dataDir) ? 'dirty' : 'empty'
  return {
    version: self.version.full,
    zone: self.zone,
    clusterId: self.clusterId,
    clusterName: self.clusterName,
    rsList: self.rsList.map(addressText),
    state: self.membership?.complete ? 'member' : empty,
    sqlPort: self.sqlPort,
    processStart: self.processStart,
    startService: self.startService,
    resources: self.resources,
  }
}

/** What other observers may ask of this one over the RPC port. */
export function memberHandlers(self: Observer): Handlers {
  return {
    hello: () => hello(self),
    clock: () => Date.now(),
    core: () => coreRows(self),
    users: () => usersAsked(self),
    prepare: (body) => prepare(self, body as Membership),
    join: (body) => join(self, body as Membership),
    lead: (body) => lead(self, body as Cluster),
    register: (body) => register(self, body as Registration),
  }
}

/** The core table as the leader has it. Without a leader a SELECT retries until its time is up. */
function coreRows({ cluster, kernel }: Observer): View {
  if (!cluster || !kernel) throw refusal('timeout', 'Timeout')
  return coreTable(cluster)
}

/** Users of the cluster for a server of it; none while the leader starts. */
function usersAsked(self: Observer): Users | null {
  if (!self.cluster || !self.kernel) throw refusal('timeout', 'Timeout')
  return self.cluster.users && !self.cluster.primary ? usersOfFollowers(self) : null
}

/** First half of a bootstrap: from here the store is not empty any more, whatever happens next. */
function prepare(self: Observer, membership: Membership): void {
  if (self.membership?.complete) throw refusal('initTwice', 'The object is initialized twice')
  saveMembership(self.dataDir, { ...membership, complete: false })
  self.log('INFO', 'BOOTSTRAP', 'create sys log stream', { leader: membership.leader })
  if (readFaults().crashOnBootstrap) {
    self.log('ERROR', 'BOOTSTRAP', 'crash on bootstrap as told by the faults file', { ret: -4016 })
    crash()
  }
}

function join(self: Observer, membership: Membership): void {
  if (self.membership?.complete) throw refusal('initTwice', 'The object is initialized twice')
  self.membership = { ...membership, complete: true }
  self.startService = now()
  saveMembership(self.dataDir, self.membership)
  self.log('INFO', 'SERVER', 'joined cluster', {
    cluster: membership.clusterName,
    leader: membership.leader,
  })
}

async function lead(self: Observer, cluster: Cluster): Promise<void> {
  self.kernel = await startSql(self, cluster)
  self.cluster = cluster
  saveCluster(self.dataDir, cluster)
  join(self, {
    clusterId: cluster.clusterId,
    clusterName: cluster.clusterName,
    zone: self.zone,
    leader: rpcAddress(self),
    complete: true,
  })
}

/**
 * What will answer the cluster's ordinary SQL: a kernel of its own, or the primary, whose data and
 * users a standby has.
 */
export async function startSql(self: Observer, { primary }: Cluster): Promise<Kernel> {
  return primary
    ? { ...(await primarySql(primary)), stop: async () => undefined }
    : startOwnKernel(self)
}

/** Starts the kernel and ties the observer's life to it: they are one process in the real one. */
async function startOwnKernel(self: Observer): Promise<Kernel> {
  const begun = now()
  const kernel = await startKernel(self.installed, self.dataDir)
  self.log('INFO', 'SERVER', 'kernel serves sql', { port: kernel.port, cost_us: now() - begun })
  kernel.process.once('exit', (code, signal) => {
    if (self.kernel !== kernel) return
    self.log('ERROR', 'SERVER', 'kernel died', {
      ret: -4016,
      code: String(code),
      signal: String(signal),
    })
    process.exit(1)
  })
  return kernel
}
