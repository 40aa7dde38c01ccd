import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Line = '2.2' | '3.x' | '4.x'

const olderDirs = ['sstable', 'sort_dir', 'clog', 'ilog', 'slog', 'oob_clog']

/**
 * What differs between the version lines as far as a starting observer is concerned. Source:
 * deployers §1.4, §1.20.
 */
export const lines: Record<Line, { storeDirs: readonly string[]; serverVersion: string }> = {
  '2.2': { storeDirs: olderDirs, serverVersion: '5.6.25' },
  '3.x': { storeDirs: olderDirs, serverVersion: '5.7.25' },
  '4.x': { storeDirs: ['sstable', 'clog', 'slog'], serverVersion: '5.7.25' },
}

export type Version = {
  full: string
  line: Line
  localIpFlag: boolean
  /** Whether memory for a smallest resource pool must be left beside system_memory: from 4.2.1. */
  reservesPool: boolean
  mysqlVersion: string
}

/** The package writes its version to etc/lab_version; tests give it by OBFLOW_LAB_VERSION. */
export function readVersion(installed: string): Version {
  const full =
    process.env.OBFLOW_LAB_VERSION ??
    readFileSync(join(installed, 'etc/lab_version'), 'utf8').trim()
  const [major = 0, minor = 0, patch = 0] = full.split('.').map(Number)
  const line: Line = major >= 4 ? '4.x' : major === 3 ? '3.x' : '2.2'
  return {
    full,
    line,
    localIpFlag: major > 4 || (major === 4 && minor >= 2),
    reservesPool: major === 4 && (minor > 2 || (minor === 2 && patch >= 1)),
    mysqlVersion: `${lines[line].serverVersion}-OceanBase-v${full}`,
  }
}
