import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { NotAnRpm, readRpm } from '../../api/packages/rpm.ts'
import { DefiniteError } from '../../errors/failure.ts'
import { StartError } from '../../errors/startError.ts'
import { nameOf } from '../../host/index.ts'
import { lineOf, roleOf } from '../../oceanbase/index.ts'

/** Programs and scripts that obflow uses of a package, where it brings them. */
const programs = [
  'observer',
  'ob_admin',
  'bench_io.sh',
  'import_time_zone_info.py',
  'import_srs_data.py',
  'obproxy',
  'ocp_agentctl',
  'ob_agentctl',
  'ocp_agentd',
  'ob_agentd',
] as const

/** A package as obflow sees it. */
export interface PackageReport {
  readonly file: string
  readonly name: string
  readonly version: string
  readonly release: string
  readonly architecture: string
  readonly bytes: number
  /** Whether this is the one that brings observer. */
  readonly isServer: boolean
  /** The line of versions whose rules are followed, or why there is none. */
  readonly line?: string
  readonly objection?: string
  readonly prefixes: readonly string[]
  /** Where each program will lie: what is below a prefix moves with it. */
  readonly programs: Readonly<Record<string, string>>
  readonly requires: readonly string[]
  readonly provides: readonly string[]
}

/** Where a file of a package goes when its first prefix is moved. */
function moved(path: string, prefixes: readonly string[], install: string): string {
  const prefix = prefixes.find((each) => path === each || path.startsWith(`${each}/`))
  return prefix === undefined ? path : `${install}${path.slice(prefix.length)}`
}

/** Reads a package file. Throws StartError for one that cannot be used at all. */
export async function readPackage(path: string, install: string): Promise<PackageReport> {
  try {
    const contents = await readRpm(path)
    const { architecture, files, name, prefixes, provides, release, requires, version } = contents
    const role = roleOf(name)
    const found = programs.flatMap((program) => {
      const at = files.find((file) => basename(file) === program)
      if (at === undefined) return []
      return [[program, role !== undefined ? moved(at, prefixes, install) : at]]
    })
    return {
      file: basename(path),
      name,
      version,
      release,
      architecture,
      bytes: (await stat(path)).size,
      isServer: role === 'server',
      ...(role === 'server' && lineIn(version)),
      prefixes,
      programs: Object.fromEntries(found),
      requires: requires.filter((each) => !each.startsWith('rpmlib(')),
      provides,
    }
  } catch (error) {
    if (error instanceof NotAnRpm)
      throw new StartError(`${path} is not a usable rpm: ${error.message}`)
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new StartError(`there is no file ${path}`)
    throw error
  }
}

function lineIn(version: string): Pick<PackageReport, 'line' | 'objection'> {
  try {
    return { line: lineOf(version).name }
  } catch (error) {
    if (error instanceof DefiniteError) return { objection: error.message }
    throw error
  }
}

/** name-version-release.architecture. */
export const nvraOf = (report: PackageReport): string => nameOf(report)
