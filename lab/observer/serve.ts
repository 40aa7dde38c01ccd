import { existsSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { availableParallelism } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { loadCluster, loadMembership, now } from './cluster.ts'
import { crash, readFaults } from './faults.ts'
import type { Flags } from './flags.ts'
import { askForUsers } from './followerSession.ts'
import { type Home, loadSettings, type Settings, saveSettings } from './home.ts'
import { elect } from './leadership.ts'
import { openLog } from './log.ts'
import { memberHandlers, startSql } from './members.ts'
import { isLeader, isStarting, type Observer, rpcAddress } from './observer.ts'
import { startRootService } from './rootService.ts'
import { parseAddress, serveRpc } from './rpc.ts'
import { acceptSql, relaySession } from './session.ts'
import {
  checkParameters,
  diskOf,
  memoryOf,
  ownIp,
  rsListOf,
  StartError,
  settingsOf,
} from './settings.ts'
import { checkStore, disksOf, initStore } from './store.ts'
import type { Version } from './versionLine.ts'

type Start = { home: Home; installed: string; version: Version; flags: Flags }

/**
 * Starts serving; resolves when both ports listen. Throws StartError or UsageError when this
 * observer must not start.
 */
export async function serve({
  home,
  installed,
  version,
  flags,
}: Start): Promise<{ stop: () => Promise<void> }> {
  const log = openLog(home.logFile)
  log('INFO', 'SERVER', 'observer start', { version: version.full, home: home.root })
  const settings = settingsOf(flags, loadSettings(home), version, (name, value) =>
    log('WARN', 'SHARE', 'Invalid config string, no such config item', { name, value, ret: 0 }),
  )
  const self = prepare({ home, installed, version, flags }, settings)
  const faults = readFaults()
  if (faults.slowStartMs) await delay(faults.slowStartMs)
  if (faults.crashAfterMs) setTimeout(crash, faults.crashAfterMs)

  // A loopback server keeps to its own address, so that several share one machine; others take
  // every address, as the real one does.
  const bind = self.ip.startsWith('127.') ? self.ip : '0.0.0.0'
  const rpc = serveRpc(memberHandlers(self), (socket, vouched) =>
    relaySession(self, socket, vouched),
  )
  const sql = createServer((socket) => acceptSql(self, socket))
  await listen(rpc, bind, self.rpcPort)
  // Before the port opens: who finds it open may kill this observer, and start it again without
  // flags.
  saveSettings(home, settings)
  await listen(sql, bind, self.sqlPort)
  log('INFO', 'SERVER', 'observer is listening', {
    ip: self.ip,
    mysql_port: self.sqlPort,
    rpc_port: self.rpcPort,
    zone: self.zone,
  })
  startRootService(self)
  if (isStarting(self)) void becomeServing(self)
  return {
    stop: async () => {
      log('INFO', 'SERVER', 'observer stops')
      const { kernel } = self
      delete self.kernel
      await kernel?.stop()
    },
  }
}

function prepare({ home, installed, version, flags }: Start, settings: Settings): Observer {
  const log = openLog(home.logFile)
  checkParameters(settings)
  const memory = memoryOf(settings, version)
  const dataDir = absolute(home.root, settings.data_dir ?? 'store')
  checkStore(dataDir, version)
  const disk = diskOf(settings, version, disksOf(dataDir))
  initStore(dataDir, disk.dataDisk)
  const cpu = Number(settings.cpu_count ?? 0) || availableParallelism()
  const resources = { cpu, ...memory, ...disk }
  if (!settings.zone) throw new StartError(4002, 'zone is empty, start with -z')
  const rpcPort = Number(settings.rpc_port ?? 2882)
  const rsList = rsListOf(settings)
  readIoResource(home)
  const membership = loadMembership(dataDir)
  const cluster = membership?.complete ? loadCluster(dataDir) : undefined
  const self: Observer = {
    home,
    installed,
    version,
    settings,
    log,
    dataDir,
    ip: ownIp(settings, rsList, rpcPort),
    sqlPort: Number(settings.mysql_port ?? 2881),
    rpcPort,
    zone: settings.zone,
    clusterId: Number(settings.cluster_id ?? 1),
    clusterName: settings.cluster ?? 'obcluster',
    rsList,
    resources,
    processStart: now(),
    startService: 0,
    bootstrapping: false,
    ...(membership ? { membership } : {}),
    ...(cluster ? { cluster } : {}),
  }
  if (membership?.complete && membership.clusterId !== self.clusterId)
    throw new StartError(
      4016,
      `store belongs to cluster_id ${membership.clusterId}, started with ${self.clusterId}`,
    )
  if (flags.mode) log('INFO', 'SERVER', 'start mode', { mode: flags.mode })
  return self

  /** 4.x has another way. Source: oceanbase 3.1 deps/oblib/src/lib/io/ob_io_benchmark.cpp. */
  function readIoResource({ ioResourceFile }: Home): void {
    if (version.line === '4.x') return
    if (existsSync(ioResourceFile))
      log('INFO', 'COMMON', 'succeed to load io resource', {
        file: ioResourceFile,
        bytes: statSync(ioResourceFile).size,
      })
    else
      log('WARN', 'COMMON', 'no io_resource.conf, use default io ability', {
        file: ioResourceFile,
        ret: -4018,
      })
  }
}

const absolute = (root: string, path: string) => (isAbsolute(path) ? path : join(root, path))

/** Schema refresh and log replay take seconds on an empty cluster. */
const startWindowMs = 2000

/** A member's restart; the leader's kernel comes back meanwhile. */
async function becomeServing(self: Observer): Promise<void> {
  self.log('INFO', 'SERVER', 'wait schema ready', { cluster: self.clusterName })
  const refreshed = delay(readFaults().startWindowMs ?? startWindowMs)
  try {
    if (isLeader(self) && self.cluster) {
      elect(self.cluster, { without: rpcAddress(self) })
      self.kernel = await startSql(self, self.cluster)
    }
    await refreshed
    await schemaOfLeader(self)
    self.startService = now()
    self.log('INFO', 'SERVER', 'start service', { start_service_time: self.startService })
  } catch (error) {
    self.log('ERROR', 'SERVER', `recovery failed: ${String(error)}`, { ret: -4016 })
    process.exit(1)
  }
}

/** A schema is refreshed from tables, and those are the leader's. */
async function schemaOfLeader(self: Observer): Promise<void> {
  const leader = parseAddress(self.membership?.leader ?? '')
  while (leader && !isLeader(self)) {
    try {
      self.knownUsers = await askForUsers(leader)
      return
    } catch {
      await delay(leaderRetryMs)
    }
  }
}

const leaderRetryMs = 500

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'address already in use' : error.message
      reject(new StartError(4004, `listen on ${host}:${port} failed: ${why}`))
    })
    server.listen(port, host, () => resolve())
  })
}
