import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasFio, layOut, measureDisk, padded, writeResult } from './diskBench.ts'

/**
 * `bench_io.sh <data folder> <file size> <result folder>`, which `ob_admin io_bench` runs from 4.0
 * on: a file `bench_chunk` of the size, 9 reads and 10 writes by fio, a result without a `version`
 * line and without threads. Nothing is removed when it is killed; without fio every point is 0.
 * Source: kernel 4.2.5, tools/ob_admin/io_bench/bench_io.sh. The real one takes 10 s a point.
 */
const kilobytes = [4, 8, 16, 32, 64, 128, 256, 512, 1024]
const reads = kilobytes.map((each) => each * 1024)
const writes = [...reads, 2_097_152]
const units: Readonly<Record<string, number>> = {
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
}

/** fio's own way of sizes: a number, or one with a unit of 1024. */
function bytesOf(size: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([KMGT]?)$/i.exec(size) ?? []
  return Number(digits) * (units[unit.toUpperCase()] ?? 1)
}

const [, , data, size, conf] = process.argv
if (data === undefined || size === undefined || conf === undefined) {
  process.stdout.write('wrong parameters\n')
} else {
  const file = join(data, 'bench_chunk')
  const result = join(conf, 'io_resource.conf')
  const header = padded('io_type', 'io_size_byte', 'io_ps', 'io_rt_us')
  let rows = [...reads.map((bytes) => [0, bytes]), ...writes.map((bytes) => [1, bytes])].map(
    ([type = 0, bytes = 0]) => padded(type, bytes, 0, 0),
  )
  try {
    if (hasFio()) {
      const points = measureDisk({ file, bytes: bytesOf(size), reads, writes })
      rows = points.map(({ type, bytes, iops, latencyUs }) => padded(type, bytes, iops, latencyUs))
    } else layOut(file, 0)
  } catch (error) {
    // fio's complaint is its own; the script goes on to the next point.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  }
  writeResult(result, [header, ...rows])
  rmSync(file, { force: true })
}
