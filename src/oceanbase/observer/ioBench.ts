import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../../quote.ts'
import type { ClusterSpec } from '../cluster.ts'
import { lineOf } from '../versions.ts'
import { type IoPoint, readIoResource } from './ioResource.ts'
import { layoutOf } from './layout.ts'

const functions = new Quoted(readFileSync(new URL('ioBench.sh', import.meta.url), 'utf8'), '')

/**
 * What is measured where ob_admin cannot, and for how many milliseconds: 2 s in all, and as much
 * again for fio itself. observer reads between the points.
 */
const points = [
  ['write', 2_097_152, 300],
  ['read', 16_384, 700],
  ['read', 4096, 300],
  ['read', 65_536, 300],
  ['read', 524_288, 300],
] as const

interface Bench {
  readonly cluster: ClusterSpec
  /** The installed packages of the cluster, as name-version-release.architecture. */
  readonly packages: readonly string[]
  /** fio measures so many times as long as it does at first. */
  readonly times: number
}

/**
 * A script for the OS user that measures the data disk, with ob_admin when the packages have an io
 * bench, else fio, else dd.
 */
export const benchScript = ({ cluster, packages, times }: Bench): Quoted => {
  const layout = layoutOf(cluster)
  const asked = points.map(([way, bytes, ms]) => `${way} ${bytes} ${ms * times}ms`)
  const own = lineOf(cluster.version).ioCalibration === 'io_resource.conf' ? 'yes' : 'no'
  return sh`root=${layout.dataRoot} folder=${benchFolder(cluster)} own_bench=${own} library=${layout.library} packages=(${packages}) points=(${asked})
${functions}`
}

/** The folder that the bench makes, and removes: what ob_admin makes lies in it, too. */
export const benchFolder = (cluster: ClusterSpec): string =>
  `${layoutOf(cluster).dataRoot}/.obflow-io-bench`

/** Columns of fio's terse format, version 3, from 0. */
const column = { name: 2, readIops: 7, readLatency: 39, writeIops: 48, writeLatency: 80 } as const

/**
 * A job that could do nothing, as on a full disk, has measured nothing: why is on fio's standard
 * error.
 */
const fioPoint = (line: string): IoPoint[] => {
  const fields = line.split(';')
  const [way, size] = (fields[column.name] ?? '').split(' ')
  if (fields[0] !== '3' || (way !== 'read' && way !== 'write')) return []
  const number = (at: number): number => Number(fields[at])
  const [ioType, iops, latencyUs] =
    way === 'read'
      ? ([0, number(column.readIops), number(column.readLatency)] as const)
      : ([1, number(column.writeIops), number(column.writeLatency)] as const)
  return iops > 0 ? [{ ioType, sizeBytes: Number(size), iops, latencyUs }] : []
}

const ddPoint = (line: string): IoPoint[] => {
  const [way, size, bytes, seconds] = line.split(' ')
  const iops = Number(bytes) / Number(size) / Math.max(Number(seconds), 1e-6)
  if (!Number.isFinite(iops) || iops <= 0) return []
  return [{ ioType: way === 'read' ? 0 : 1, sizeBytes: Number(size), iops, latencyUs: 1e6 / iops }]
}

/**
 * Which tool measured, and what; reads before writes and small before large, as `io_bench` orders
 * them.
 */
export const readBench = (
  stdout: string,
): { readonly tool: string; readonly points: readonly IoPoint[] } => {
  const [tool = '', ...lines] = stdout.split('\n')
  const found =
    tool === 'ob_admin'
      ? readIoResource(lines.join('\n'))
      : lines.filter(Boolean).flatMap(tool === 'fio' ? fioPoint : ddPoint)
  return {
    tool,
    points: found.sort(
      (left, right) => left.ioType - right.ioType || left.sizeBytes - right.sizeBytes,
    ),
  }
}
