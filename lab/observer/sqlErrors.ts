import type { SqlError } from '../mysql/packets.ts'

/**
 * Numbers that a client gets: some of OceanBase's own become MySQL's. Source: oceanbase
 * src/share/ob_errno.def.
 */
const table = {
  accessDenied: [1045, '42000'],
  syntax: [1064, '42000'],
  noSuchTable: [1146, '42S02'],
  privilege: [1227, '42501'],
  /** -4002. */
  invalidArgument: [1210, 'HY000'],
  initTwice: [4005, 'HY000'],
  /** -4007. */
  notSupported: [1235, '0A000'],
  timeout: [4012, 'HY000'],
  /**
   * Both -4121 and -4122 reach a client as 4012. Source: oceanbase src/share/ob_errno.def.
   */
  rpcPost: [4012, 'HY000'],
  system: [4015, 'HY000'],
  unexpected: [4016, 'HY000'],
  entryExist: [4017, 'HY000'],
  entryNotExist: [4018, 'HY000'],
  opNotAllow: [4179, 'HY000'],
  lastFreezeUnfinished: [4213, 'HY000'],
  resourceNotEnough: [4624, 'HY000'],
  notInWhiteList: [4630, 'HY000'],
  zoneNotMatch: [4631, 'HY000'],
  zoneStatusNotMatch: [4633, 'HY000'],
  zoneDuplicated: [4640, 'HY000'],
  primaryZoneNotInList: [4643, 'HY000'],
  stopInMultipleZones: [4660, 'HY000'],
  clusterNoMatch: [4666, 'HY000'],
  standbyWeakReadOnly: [4688, 'HY000'],
  invalidTenant: [5160, 'HY000'],
  initializing: [8001, 'HY000'],
} as const satisfies Record<string, readonly [number, string]>

/** What only the log tells: OceanBase's own number, and words. */
type Behind = { ret: number; logged: string }

/** A refusal on its way to the client; crosses the RPC port as its three fields. */
export class Refusal extends Error {
  readonly sql: SqlError
  readonly behind: Behind | undefined
  constructor(sql: SqlError, behind?: Behind) {
    super(sql.message)
    this.sql = sql
    this.behind = behind
  }
}

export function refusal(name: keyof typeof table, message: string): Refusal {
  const [errno, sqlState] = table[name]
  return new Refusal({ errno, sqlState, message })
}

export const initializing = () => refusal('initializing', 'Server is initializing')
