export { createCluster } from './createCluster.ts'
export { deleteCluster, deleteStandbyCluster } from './deleteCluster.ts'
export { dryRunCreate } from './dryRunCreate.ts'
export { prepareHost } from './prepareHost.ts'
