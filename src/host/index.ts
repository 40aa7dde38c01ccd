export type { Host, HostAccess, HostPool, LogLine, Output, RunOptions, Session, Upload } from './host.ts'
export { ledger } from './ledger.ts'
export { createHostPool, type Limits, type PoolOptions } from './pool.ts'
