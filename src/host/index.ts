export { clockOffset } from './clock.ts'
export { machineFacts, readMachineFacts } from './facts.ts'
export type {
  Host,
  HostAccess,
  HostPool,
  LogLine,
  Output,
  Round,
  RunOptions,
  Session,
  Upload,
} from './host.ts'
export type { HostKey } from './hostKey.ts'
export { ledger, safeFiles, stateDirectory } from './ledger.ts'
export { removeLegacy } from './legacy.ts'
export {
  askMachine,
  isSameMachine,
  type Machine,
  machineFunctions,
  readMachine,
} from './machine.ts'
export { createHostPool, type Limits, type PoolOptions } from './pool.ts'
export {
  installPackage,
  installPackages,
  nameOf,
  type RpmWish,
  removePackage,
  removePackages,
} from './rpm.ts'
