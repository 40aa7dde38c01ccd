/** One measured point: `ioType` 0 reads, 1 writes. */
export interface IoPoint {
  readonly ioType: 0 | 1
  readonly sizeBytes: number
  readonly iops: number
  readonly latencyUs: number
}

/**
 * Size of the reads that a data disk is judged by, and how many a second it must do. Source: OCP
 * 4.0.1, release note 401.
 */
export const standard = { sizeBytes: 16_384, iops: 1000 } as const

/** Threads that submit and reap I/O; what `ob_admin io_bench` itself writes. */
const threads = { submit_thread_cnt: 1, getevent_thread_cnt: 5 } as const

/**
 * The text of `etc/io_resource.conf`, which observer reads at start. Format: oceanbase-doc V3.1,
 * "io_bench".
 */
export const writeIoResource = (points: readonly IoPoint[]): string =>
  [
    'version 1',
    'io_type io_size_byte io_ps io_rt_us',
    ...points.map(
      (point) =>
        `${point.ioType} ${point.sizeBytes} ${point.iops.toFixed(2)} ${point.latencyUs.toFixed(2)}`,
    ),
    ...Object.entries(threads).map(([name, count]) => `${name} ${count}`),
    '',
  ].join('\n')

/**
 * The points of such a file, columns padded or not; none when it is not one. Up to 3.x it begins
 * with its version, from 4.0 on with the header. Sources: kernel 3.1.5
 * deps/oblib/src/lib/io/ob_io_benchmark.cpp print_to_file and load_from_file; 4.2.5
 * tools/ob_admin/io_bench/bench_io.sh.
 */
export const readIoResource = (text: string): IoPoint[] => {
  if (!/^(version 1\s*\n)?io_type\s/.test(text)) return []
  return text.split('\n').flatMap((line): IoPoint[] => {
    const [, type, ...numbers] = /^([01])\s+(\d+)\s+([\d.]+)\s+([\d.]+)$/.exec(line.trim()) ?? []
    const [sizeBytes = 0, iops = 0, latencyUs = 0] = numbers.map(Number)
    // What could not be measured is 0.
    return type === undefined || iops <= 0
      ? []
      : [{ ioType: type === '0' ? 0 : 1, sizeBytes, iops, latencyUs }]
  })
}

/**
 * What the disk does at 16 KB, from the point itself or the nearest one above it; undefined when
 * nothing was measured.
 */
export const standardReads = (points: readonly IoPoint[]): IoPoint | undefined =>
  points
    .filter(({ ioType, sizeBytes }) => ioType === 0 && sizeBytes >= standard.sizeBytes)
    .sort((left, right) => left.sizeBytes - right.sizeBytes)[0]
