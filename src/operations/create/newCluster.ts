import type { Secret } from '../../quote.ts'

/**
 * A cluster that is asked for: the request with its defaults filled in, its shape already checked.
 */
export interface NewCluster {
  readonly name: string
  readonly type: 'PRIMARY' | 'STANDBY'
  readonly rpmName: string
  /** Of root@sys; of a standby its primary's. */
  readonly password: Secret
  /** Which cluster of the same name a standby is to follow: that one's obClusterId. */
  readonly primaryObClusterId?: number | undefined
  /** Given out when absent. */
  readonly obClusterId?: number | undefined
  /** `version-buildNumber` the package must have. */
  readonly fullVersion?: string | undefined
  readonly primaryZone: string
  readonly sqlPort: number
  readonly rpcPort: number
  readonly installPath: string
  readonly dataPath: string
  readonly logPath: string
  readonly osUser: string
  readonly startupParameters: readonly { readonly name: string; readonly value: string }[]
  readonly obproxyClusterIds: readonly number[]
  /** Password of proxyro; made up when absent. */
  readonly proxyroPassword?: Secret | undefined
  readonly zones: readonly NewZone[]
}

export interface NewZone {
  readonly name: string
  readonly idcName: string
  /** Host ids. */
  readonly servers: readonly number[]
  /** Host that takes part in BOOTSTRAP; the first when absent. */
  readonly rootServer?: number | undefined
  readonly architecture?: string | undefined
  readonly packageOperatingSystem?: string | undefined
}

/** The parts of `zone1;zone2,zone3`: groups of equal priority, first one first. */
export const priorityGroups = (primaryZone: string): string[][] =>
  primaryZone === ''
    ? []
    : primaryZone.split(';').map((group) => group.split(',').map((name) => name.trim()))
