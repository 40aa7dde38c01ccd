export { createCluster } from './createCluster.ts'
export { dryRunCreate } from './dryRunCreate.ts'
export { prepareHost } from './prepareHost.ts'
