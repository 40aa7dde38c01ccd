export { createCluster } from './createCluster.ts'
export { prepareHost } from './prepareHost.ts'
