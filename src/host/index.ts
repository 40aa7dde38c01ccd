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
export { createHostPool, type Limits, type PoolOptions } from './pool.ts'
