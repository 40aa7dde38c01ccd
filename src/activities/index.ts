import type { NodeInput } from '../plan/node.ts'
import { addStandbyCluster, clearStandby } from './addStandbyCluster.ts'
import { awaitHosts } from './awaitHosts.ts'
import { bootstrapOb, clearObservers } from './bootstrapOb.ts'
import { checkPrimaryCluster } from './checkPrimaryCluster.ts'
import { checkStandbyCluster } from './checkStandbyCluster.ts'
import { cleanObserverHost } from './cleanObserverHost.ts'
import { createDefaultUser } from './createDefaultUser.ts'
import { deleteClusterInfo } from './deleteClusterInfo.ts'
import { finishObproxyInstall } from './finishObproxyInstall.ts'
import { installObproxyRpm, removeObproxyRpm } from './installObproxyRpm.ts'
import { installOcpAgent, removeOcpAgent } from './installOcpAgent.ts'
import { installRpm, removeRpm } from './installRpm.ts'
import { ioBench, removeIoBench } from './ioBench.ts'
import { linkObClusters, unlinkObClusters } from './linkObClusters.ts'
import { linkObproxy, unlinkObproxy } from './linkObproxy.ts'
import { makeDir, removeDir } from './makeDir.ts'
import { preCheck } from './preCheck.ts'
import { preCheckHost } from './preCheckHost.ts'
import { preCheckObproxy } from './preCheckObproxy.ts'
import { prepareDeleteCluster } from './prepareDeleteCluster.ts'
import { prepareInstallCluster, releaseCluster } from './prepareInstallCluster.ts'
import { prepareObproxyInstall, releaseObproxyCluster } from './prepareObproxyInstall.ts'
import { prepareRestartCluster } from './prepareRestartCluster.ts'
import { prepareRestartObserver } from './prepareRestartObserver.ts'
import { prepareRestartZone } from './prepareRestartZone.ts'
import { refreshAgentConfig, restoreAgentConfig } from './refreshAgentConfig.ts'
import { restartObserver } from './restartObserver.ts'
import { setSysPassword } from './setSysPassword.ts'
import { setSysPrimaryZone } from './setSysPrimaryZone.ts'
import { setZoneContext } from './setZoneContext.ts'
import { startAgent } from './startAgent.ts'
import { startObproxy, stopObproxy } from './startObproxy.ts'
import { keepObproxyCluster, startObproxyOffline } from './startObproxyOffline.ts'
import { startObserverProcess } from './startObserverProcess.ts'
import { startServer } from './startServer.ts'
import { startZone } from './startZone.ts'
import { stopAgent } from './stopAgent.ts'
import { stopObserverProcess } from './stopObserverProcess.ts'
import { syncClusterInfo } from './syncClusterInfo.ts'
import { syncTenants } from './syncTenants.ts'
import { triggerCompaction } from './triggerCompaction.ts'
import { uninstallLegacyObagent } from './uninstallLegacyObagent.ts'
import { uninstallLegacyOcpAgent } from './uninstallLegacyOcpAgent.ts'
import { unreserveHost } from './unreserveHost.ts'
import { updateClusterStatus } from './updateClusterStatus.ts'
import { updateHostStatus } from './updateHostStatus.ts'
import { updateObserverStatus } from './updateObserverStatus.ts'
import { updateZoneStatus } from './updateZoneStatus.ts'
import { waitClusterAccessible } from './waitClusterAccessible.ts'
import { waitObserverAccessible } from './waitObserverAccessible.ts'

/** Nodes that need nothing but the store: what they work on may be gone when they run again. */
export const storeNodes = { releaseCluster, releaseObproxyCluster, deleteClusterInfo, unreserveHost, awaitHosts }

/** Nodes that work on a cluster as a whole, by the names that plans use. */
export const clusterNodes = {
  prepareInstallCluster,
  bootstrapOb,
  clearObservers,
  restartObserver,
  setSysPassword,
  createDefaultUser,
  setSysPrimaryZone,
  waitClusterAccessible,
  syncClusterInfo,
  syncTenants,
  updateClusterStatus,
  triggerCompaction,
  linkObproxy,
  unlinkObproxy,
  prepareDeleteCluster,
  checkPrimaryCluster,
  addStandbyCluster,
  checkStandbyCluster,
  clearStandby,
}

/** Nodes that work on a part of a cluster: a zone when its turn comes, else all of it. */
export const partNodes = {
  prepareRestartCluster,
  setZoneContext,
  prepareRestartZone,
  waitObserverAccessible,
  startZone,
  updateZoneStatus,
}

/** Nodes that work on one host of a cluster. */
export const hostNodes = {
  preCheck,
  installRpm,
  removeRpm,
  makeDir,
  removeDir,
  ioBench,
  removeIoBench,
  refreshAgentConfig,
  restoreAgentConfig,
  startAgent,
  stopAgent,
  cleanObserverHost,
  prepareRestartObserver,
  stopObserverProcess,
  startObserverProcess,
  startServer,
  updateObserverStatus,
}

/** Nodes that work on a host before it belongs to anything. */
export const preparedHostNodes = {
  preCheckHost,
  uninstallLegacyObagent,
  uninstallLegacyOcpAgent,
  installOcpAgent,
  removeOcpAgent,
  updateHostStatus,
}

/** Nodes that work on an OBProxy cluster as a whole. */
export const obproxyNodes = {
  prepareObproxyInstall,
  linkObClusters,
  unlinkObClusters,
  finishObproxyInstall,
  startObproxyOffline,
  keepObproxyCluster,
}

/** Nodes that work on one proxy. */
export const obproxyHostNodes = { preCheckObproxy, installObproxyRpm, removeObproxyRpm, startObproxy, stopObproxy }

/** A node over what the store has of it. */
export type Activity = (input: NodeInput) => Promise<void>

/** Every activity that a plan may name; src/operations/plans.ts holds plans to it. */
export type NodeActivities = Record<
  | keyof typeof storeNodes
  | keyof typeof partNodes
  | keyof typeof clusterNodes
  | keyof typeof hostNodes
  | keyof typeof preparedHostNodes
  | keyof typeof obproxyNodes
  | keyof typeof obproxyHostNodes,
  Activity
>
