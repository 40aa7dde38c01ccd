import * as activities from '../../src/activities/index.ts'

export type NodeName = keyof activities.NodeActivities

/** The chain that kills a node; a `store` node sends no host command and no statement. */
export const coverage = {
  releaseCluster: 'store',
  releaseObproxyCluster: 'store',
  deleteClusterInfo: 'store',
  unreserveHost: 'store',
  deleteObproxyInfo: 'store',
  unreserveProxyHost: 'store',
  awaitHosts: 'store',
  prepareRestartCluster: 'store',
  prepareInstallCluster: 'store',
  bootstrapOb: 'bootstrap',
  clearObservers: 'bootstrap',
  restartObserver: 'cluster',
  waitObserverAccessible: 'cluster',
  setSysPassword: 'cluster',
  createDefaultUser: 'cluster',
  setSysPrimaryZone: 'cluster',
  waitClusterAccessible: 'cluster',
  setZoneContext: 'store',
  prepareRestartZone: 'restart',
  startZone: 'restart',
  updateZoneStatus: 'restart',
  prepareRestartObserver: 'restart',
  stopObserverProcess: 'restart',
  startObserverProcess: 'restart',
  startServer: 'restart',
  updateObserverStatus: 'restart',
  syncClusterInfo: 'cluster',
  syncTenants: 'cluster',
  updateClusterStatus: 'store',
  triggerCompaction: 'cluster',
  linkObproxy: 'obproxy',
  unlinkObproxy: 'obproxy',
  prepareDeleteCluster: 'obproxy',
  checkPrimaryCluster: 'standby',
  addStandbyCluster: 'standby',
  checkStandbyCluster: 'standby',
  clearStandby: 'standby',
  preCheck: 'host',
  installRpm: 'host',
  removeRpm: 'host',
  makeDir: 'host',
  removeDir: 'host',
  ioBench: 'host',
  removeIoBench: 'host',
  refreshAgentConfig: 'agent',
  restoreAgentConfig: 'agent',
  startAgent: 'agent',
  stopAgent: 'agent',
  cleanObserverHost: 'deletion',
  preCheckHost: 'agent',
  uninstallLegacyObagent: 'agent',
  uninstallLegacyOcpAgent: 'agent',
  installOcpAgent: 'agent',
  removeOcpAgent: 'agent',
  updateHostStatus: 'store',
  prepareObproxyInstall: 'store',
  linkObClusters: 'obproxy',
  unlinkObClusters: 'obproxy',
  updateObproxyStatus: 'obproxy',
  finishObproxyInstall: 'store',
  startObproxyOffline: 'store',
  keepObproxyCluster: 'obproxy',
  prepareCreateObproxy: 'obproxy',
  checkProcessNotExist: 'obproxy',
  checkCommandExists: 'obproxy',
  installObproxyRpm: 'obproxy',
  removeObproxyRpm: 'obproxy',
  startObproxy: 'obproxy',
  stopObproxy: 'obproxy',
  syncObproxyParameter: 'obproxy',
  registerObproxyExporter: 'obproxy',
  prepareOfflineObproxy: 'obproxy',
  uninstallObproxy: 'obproxy',
  reinstallObproxy: 'obproxy',
} as const satisfies Record<
  NodeName,
  | 'store'
  | 'host'
  | 'agent'
  | 'bootstrap'
  | 'cluster'
  | 'deletion'
  | 'restart'
  | 'obproxy'
  | 'standby'
>

type Place = (typeof coverage)[NodeName]

/** The nodes of a chain. */
export const nodesOf = (chain: Place): string[] =>
  Object.entries(coverage).flatMap(([name, where]) => (where === chain ? [name] : []))

/** Nodes that have no kill point: all that they change is in the store. */
export const storeNodes = nodesOf('store')

/** Nodes that have to have a row when everything was run. */
export const killedNodes = Object.keys(coverage).filter((name) => !storeNodes.includes(name))

/** Throws when src/activities has a node that is not in the list, or no longer has one that is. */
export function assertComplete(): void {
  const { clusterNodes, partNodes, hostNodes, preparedHostNodes, obproxyNodes, obproxyHostNodes } =
    activities
  const tables = [
    activities.storeNodes,
    clusterNodes,
    partNodes,
    hostNodes,
    preparedHostNodes,
    obproxyNodes,
    obproxyHostNodes,
  ]
  const known = tables.flatMap((table) => Object.keys(table))
  const listed = Object.keys(coverage)
  const wrong = [
    ...known.filter((name) => !listed.includes(name)).map((name) => `${name} is in no list`),
    ...listed.filter((name) => !known.includes(name)).map((name) => `${name} is no node any more`),
  ]
  if (wrong.length > 0) throw new Error(`test/kills/coverage.ts: ${wrong.join('; ')}`)
}
