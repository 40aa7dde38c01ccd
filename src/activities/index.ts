import type { NodeInput } from '../plan/node.ts'
import { installOcpAgent, removeOcpAgent } from './agent/installOcpAgent.ts'
import { refreshAgentConfig, restoreAgentConfig } from './agent/refreshAgentConfig.ts'
import { startAgent } from './agent/startAgent.ts'
import { stopAgent } from './agent/stopAgent.ts'
import { uninstallLegacyObagent } from './agent/uninstallLegacyObagent.ts'
import { uninstallLegacyOcpAgent } from './agent/uninstallLegacyOcpAgent.ts'
import { addStandbyCluster, clearStandby } from './cluster/addStandbyCluster.ts'
import { bootstrapOb, clearObservers } from './cluster/bootstrapOb.ts'
import { checkPrimaryCluster } from './cluster/checkPrimaryCluster.ts'
import { checkStandbyCluster } from './cluster/checkStandbyCluster.ts'
import { createDefaultUser } from './cluster/createDefaultUser.ts'
import { deleteClusterInfo } from './cluster/deleteClusterInfo.ts'
import { prepareDeleteCluster } from './cluster/prepareDeleteCluster.ts'
import { prepareInstallCluster, releaseCluster } from './cluster/prepareInstallCluster.ts'
import { restartObserver } from './cluster/restartObserver.ts'
import { setSysPassword } from './cluster/setSysPassword.ts'
import { setSysPrimaryZone } from './cluster/setSysPrimaryZone.ts'
import { syncClusterInfo } from './cluster/syncClusterInfo.ts'
import { syncTenants } from './cluster/syncTenants.ts'
import { triggerCompaction } from './cluster/triggerCompaction.ts'
import { updateClusterStatus } from './cluster/updateClusterStatus.ts'
import { waitClusterAccessible } from './cluster/waitClusterAccessible.ts'
import { waitObserverAccessible } from './cluster/waitObserverAccessible.ts'
import { awaitHosts } from './host/awaitHosts.ts'
import { cleanObserverHost } from './host/cleanObserverHost.ts'
import { installRpm, removeRpm } from './host/installRpm.ts'
import { ioBench, removeIoBench } from './host/ioBench.ts'
import { makeDir, removeDir } from './host/makeDir.ts'
import { preCheck } from './host/preCheck.ts'
import { preCheckHost } from './host/preCheckHost.ts'
import { unreserveHost } from './host/unreserveHost.ts'
import { updateHostStatus } from './host/updateHostStatus.ts'
import { checkCommandExists } from './obproxy/checkCommandExists.ts'
import { checkProcessNotExist } from './obproxy/checkProcessNotExist.ts'
import { deleteObproxyInfo } from './obproxy/deleteObproxyInfo.ts'
import { finishObproxyInstall } from './obproxy/finishObproxyInstall.ts'
import { installObproxyRpm, removeObproxyRpm } from './obproxy/installObproxyRpm.ts'
import { linkObClusters, unlinkObClusters } from './obproxy/linkObClusters.ts'
import { linkObproxy, unlinkObproxy } from './obproxy/linkObproxy.ts'
import { prepareCreateObproxy } from './obproxy/prepareCreateObproxy.ts'
import { prepareObproxyInstall, releaseObproxyCluster } from './obproxy/prepareObproxyInstall.ts'
import { prepareOfflineObproxy } from './obproxy/prepareOfflineObproxy.ts'
import { registerObproxyExporter } from './obproxy/registerObproxyExporter.ts'
import { startObproxy, stopObproxy } from './obproxy/startObproxy.ts'
import { keepObproxyCluster, startObproxyOffline } from './obproxy/startObproxyOffline.ts'
import { syncObproxyParameter } from './obproxy/syncObproxyParameter.ts'
import { reinstallObproxy, uninstallObproxy } from './obproxy/uninstallObproxy.ts'
import { unreserveProxyHost } from './obproxy/unreserveProxyHost.ts'
import { updateObproxyStatus } from './obproxy/updateObproxyStatus.ts'
import { prepareRestartCluster } from './restart/prepareRestartCluster.ts'
import { prepareRestartObserver } from './restart/prepareRestartObserver.ts'
import { prepareRestartZone } from './restart/prepareRestartZone.ts'
import { setZoneContext } from './restart/setZoneContext.ts'
import { startObserverProcess } from './restart/startObserverProcess.ts'
import { startServer } from './restart/startServer.ts'
import { startZone } from './restart/startZone.ts'
import { stopObserverProcess } from './restart/stopObserverProcess.ts'
import { updateObserverStatus } from './restart/updateObserverStatus.ts'
import { updateZoneStatus } from './restart/updateZoneStatus.ts'

/** Nodes that need nothing but the store: what they work on may be gone when they run again. */
export const storeNodes = {
  releaseCluster,
  releaseObproxyCluster,
  deleteClusterInfo,
  unreserveHost,
  deleteObproxyInfo,
  unreserveProxyHost,
  awaitHosts,
}

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
  updateObproxyStatus,
  finishObproxyInstall,
  startObproxyOffline,
  keepObproxyCluster,
}

/** Nodes that work on one proxy. */
export const obproxyHostNodes = {
  prepareCreateObproxy,
  checkProcessNotExist,
  checkCommandExists,
  installObproxyRpm,
  removeObproxyRpm,
  startObproxy,
  stopObproxy,
  syncObproxyParameter,
  registerObproxyExporter,
  prepareOfflineObproxy,
  uninstallObproxy,
  reinstallObproxy,
}

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
export { reviveObserver } from './cluster/reviveObserver.ts'
export { lookAtHosts } from './host/lookAtHosts.ts'
export { situationOf } from './host/preCheck.ts'
export type {
  ClusterNode,
  HostNode,
  Node,
  ObproxyHostNode,
  ObproxyNode,
  PartNode,
  PreparedHostNode,
} from './node.ts'
