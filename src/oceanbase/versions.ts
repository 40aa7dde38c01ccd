import { DefiniteError } from '../errors/failure.ts'
import { type Said, say } from '../errors/say.ts'
import type { Quoted } from '../quote.ts'
import { line2 } from './observer/line2.ts'
import { line4 } from './observer/line4.ts'
import { type ResourceRules, rules40, rules420 } from './observer/resourceRules.ts'
import type { Freeze, ObServer, ObTenant, ObZone } from './sql/rows.ts'
import type { Sql } from './sql/sql.ts'

/** Asks a cluster something and gives the answer in the shape that is the same for all lines. */
export type Question<Answer> = (sql: Sql) => Promise<Answer>

/**
 * What is true of one line of OceanBase versions. Nothing else in the project looks at a version
 * number.
 */
export interface VersionLine {
  readonly name: string
  /** Sub-directories of the data root and of the redo root, the copies of etc/ included. */
  readonly dataDirectories: readonly string[]
  readonly redoDirectories: readonly string[]
  /**
   * Where observer keeps further copies of its parameters (`config_additional_dir`): below the data
   * and the redo root.
   */
  readonly configCopies: { readonly data: string; readonly redo: string }
  /**
   * How an observer is told its address: by network device (`-i eth0`) or by ip (`-I 10.0.0.3`).
   */
  readonly addressFlag: 'device' | 'ip'
  /**
   * Whether BOOTSTRAP of several zones needs a region that holds two of them (`firstLeadingZone`).
   */
  readonly regionOfTwo: boolean
  /** Primary zone of sys when none is posted. */
  readonly defaultPrimaryZone: 'FIRST_ZONE' | 'RANDOM'
  /** Startup parameters used when none are posted. */
  readonly defaultParameters: readonly { readonly name: string; readonly value: string }[]
  /** Parameters that observer knows, hidden ones aside. */
  readonly parameterNames: ReadonlySet<string>
  /** What it asks of memory and disks. */
  readonly resources: ResourceRules
  /**
   * How far the clocks of its hosts may be apart. Source: obdeploy, 3.1.0/resource_check.py:180 and
   * 4.0.0.0/resource_check.py:252, error 2008.
   */
  readonly maxClockSpreadMs: number
  /**
   * Whether a whole cluster can be the standby of another one; from 4.1 on a standby is a tenant.
   */
  readonly standbyCluster: boolean
  /**
   * How OceanBase learns what the data disk can do: from etc/io_resource.conf at its start, or by a
   * job of its own. Sources: oceanbase 3.1 deps/oblib/src/lib/io/ob_io_benchmark.cpp, 4.x
   * src/share/io/ob_io_calibration.cpp.
   */
  readonly ioCalibration: 'io_resource.conf' | 'job'
  /** True is a proof; false proves nothing. */
  readonly bootstrapped: Question<boolean>
  readonly servers: Question<ObServer[]>
  readonly zones: Question<ObZone[]>
  readonly tenants: Question<ObTenant[]>
  /** Addresses of servers with a replica whose log is not in sync with its leader's. */
  readonly lagging: Question<string[]>
  readonly sysPrimaryZone: Question<string>
  readonly freeze: Question<Freeze>
  readonly majorFreeze: Quoted
}

/**
 * First match wins; `from` is inclusive. `-I` came with 4.2, the end of standby clusters with 4.1
 * (facts of obd's plugin folders).
 */
const table: readonly { readonly from: readonly number[]; readonly line: VersionLine }[] = [
  { from: [4, 2, 1], line: line4 },
  { from: [4, 2], line: { ...line4, resources: rules420 } },
  {
    from: [4, 0],
    line: { ...line4, name: '4.0–4.1', addressFlag: 'device', resources: rules40 },
  },
  { from: [2, 2], line: line2 },
]

/**
 * Where a cluster may be made, oldest first; what lies outside is refused at the upload, in these
 * words. 4.4 and 4.5 are started like 4.3.5: obd has no plugins of their own for them
 * (plugins/oceanbase ends with 4.3.5.2) and names 4.4.1 among what its checks know
 * (plugins/oceanbase/4.2.0.0/environment_check.py). Of 5 neither obd nor the kernel's public source
 * says how it starts.
 */
const supported = [
  { before: [2, 2], reason: say`it is older than 2.2, the first that is known here` },
  { before: [5], reason: undefined },
  { before: undefined, reason: say`it is newer than 4.x: how it is installed is not known here` },
] as const satisfies readonly {
  readonly before: readonly number[] | undefined
  readonly reason: Said | undefined
}[]

const atLeast = (version: readonly number[], from: readonly number[]): boolean => {
  const different = from.findIndex((part, index) => (version[index] ?? 0) !== part)
  return different === -1 || (version[different] ?? 0) > (from[different] ?? 0)
}

/**
 * OCP's own limits of standby clusters (OCP, "Create an OceanBase cluster"): the first version that
 * may, the first that may not.
 */
const standbyClusters = { from: [2, 2, 50], before: [4] } as const

const partsOf = (version: string): number[] =>
  /^\d+(\.\d+)+/.exec(version)?.[0].split('.').map(Number) ?? []

/** Why no cluster of this version can have a standby cluster, in words; undefined when it can. */
export function objectionToStandby(version: string): Said | undefined {
  const parts = partsOf(version)
  if (atLeast(parts, standbyClusters.before))
    return say`OceanBase ${version} has no standby clusters: from 4.1 on a physical standby is a tenant, made inside a PRIMARY cluster`
  if (atLeast(parts, standbyClusters.from)) return undefined
  return say`OceanBase ${version} has no standby clusters: they begin with ${standbyClusters.from.join('.')}`
}

/** Why no cluster of this version can be made, in words; undefined when it can. */
export function objectionToVersion(version: string): Said | undefined {
  const parts = partsOf(version)
  const range = supported.find(({ before }) => before === undefined || !atLeast(parts, before))
  const reason = parts.length === 0 ? say`it is no version` : range?.reason
  return (
    reason && say`OceanBase version "${version}" is not supported: ${reason}; use 2.2, 3.x or 4.x`
  )
}

const lineIn = (version: string): VersionLine | undefined =>
  objectionToVersion(version) === undefined
    ? table.find(({ from }) => atLeast(partsOf(version), from))?.line
    : undefined

/**
 * What a server of this version is started with unless told; nothing for a version that is refused.
 */
export const defaultParametersOf = (version: string): VersionLine['defaultParameters'] =>
  lineIn(version)?.defaultParameters ?? []

/** Whether a cluster of this version needs a region that holds two of its zones. */
export const needsRegionOfTwo = (version: string): boolean => lineIn(version)?.regionOfTwo ?? false

/**
 * Builds that run without AVX, from a version to one before another. Source: obd
 * plugins/oceanbase/4.2.0.0/environment_check.py:144, error 2014.
 */
const withoutAvx: readonly {
  readonly from: readonly number[]
  readonly before: readonly number[]
}[] = [
  { from: [4, 2, 5, 6], before: [4, 3] },
  { from: [4, 3, 5, 4], before: [4, 4] },
  { from: [4, 4, 1], before: [5] },
]

export function needsAvx(version: string): boolean {
  const parts = partsOf(version)
  return !withoutAvx.some(({ from, before }) => atLeast(parts, from) && !atLeast(parts, before))
}

/**
 * The line of a version such as `2.2.73` or `4.2.1.8`. Throws DefiniteError for a version no line
 * covers.
 */
export const lineOf = (version: string): VersionLine => {
  const line = lineIn(version)
  if (!line) {
    throw new DefiniteError({
      code: 'COM10001',
      message: objectionToVersion(version) ?? say`OceanBase version "${version}" is not supported`,
      advice: say`use a package of OceanBase 2.2, 3.x or 4.x`,
    })
  }
  return line
}
