// One workflow for all: the plan comes with the task, from the store. Its names tell runs apart.
export {
  runTask as createCluster,
  runTask as createObproxyCluster,
  runTask as createStandbyCluster,
  runTask as deleteCluster,
  runTask as deleteObproxyCluster,
  runTask as deleteStandbyCluster,
  runTask as linkObproxy,
  runTask as prepareHost,
  runTask as prepareHosts,
  runTask as restartCluster,
  runTask as unlinkObproxy,
} from './runner.ts'
