import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { measureDisk, type Point, padded, writeResult } from './diskBench.ts'

/**
 * `ob_admin io_bench -c <folder of the result> -d <folder of the data disk> [-f <size>]`: measures
 * the disk for real and writes io_resource.conf the way the version does.
 *
 * Up to 3.x the program measures by itself, with a file of 1 GiB. Source: kernel 3.1.5,
 * deps/oblib/src/lib/io/ob_io_benchmark.h WORKLOADS and .cpp print_to_file, benchmark.
 * From 4.0 on it runs bench_io.sh, which lies beside it, and makes a file of 100 GiB unless told
 * otherwise. Source: kernel 4.2.5, tools/ob_admin/io_bench/ob_admin_io_executor.cpp.
 */
const usage = 'Usage: ob_tool io_bench -c conf_dir -d data_dir'
const ownSizes = [4, 8, 16, 32, 64, 128, 256, 512].map((kilobytes) => kilobytes * 1024)
const ownFileBytes = 1024 ** 3

/** The programs lie in `<root>/lib/observer`, the root being the package's. */
const root = dirname(dirname(import.meta.dirname))

const version = readFileSync(join(root, 'etc/lab_version'), 'utf8').trim()

/** ob_admin of `oceanbase-ce-utils` of 3.x has no io_bench (oceanbase issue 694). */
const community = !existsSync(join(root, 'bin/observer'))

function option(words: readonly string[], name: string): string | undefined {
  return words.includes(name) ? words[words.indexOf(name) + 1] : undefined
}

/** Up to 3.x. The threads are what it finds on a usual machine. */
function measureItself(conf: string, data: string): void {
  const file = join(data, 'bench_file')
  try {
    const points = measureDisk({ file, bytes: ownFileBytes, reads: ownSizes, writes: [2_097_152] })
    const rows = [...points].map(({ type, bytes, iops, latencyUs }: Point) =>
      padded(type, bytes, iops, latencyUs),
    )
    writeResult(join(conf, 'io_resource.conf'), [
      'version 1',
      padded('io_type', 'io_size_byte', 'io_ps', 'io_rt_us'),
      ...rows,
      'submit_thread_cnt 1',
      'getevent_thread_cnt 5',
    ])
  } finally {
    rmSync(file, { force: true })
  }
}

/** From 4.0 on: its own exit code is 0 whatever the script did. */
function runScript(conf: string, data: string, size: string): void {
  const script = join(root, 'bin/bench_io.sh')
  spawnSync('bash', [script, data, size, conf], { stdio: 'inherit' })
}

function main([command, ...words]: string[]): void {
  const conf = option(words, '-c')
  const data = option(words, '-d')
  if (command !== 'io_bench' || conf === undefined || data === undefined) throw new Error(usage)
  if (Number(version.split('.')[0]) >= 4) runScript(conf, data, option(words, '-f') ?? '100G')
  else if (community) throw new Error(usage)
  else measureItself(conf, data)
}

try {
  main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
