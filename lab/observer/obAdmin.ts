import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `ob_admin io_bench -c <etc folder> -d <folder of the data disk>`: measures the disk for real and
 * writes etc/io_resource.conf.
 */
type Point = { type: 0 | 1; bytes: number; iops: number; latencyUs: number }

const reads = [4096, 16_384, 65_536, 524_288]
const writes = [2_097_152]
const runtimeMs = 150
const fileBytes = 64 * 1024 * 1024

const found = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined

function run(command: string, words: string[]): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().slice(-400)}`)
  return { stdout, stderr }
}

/**
 * One fio process, one job a point; writes first, so that reads find blocks. Terse fields: read
 * iops 7, latency 39; write iops 48, latency 80.
 */
function byFio(file: string): Point[] {
  const common = [
    '--output-format=terse',
    '--terse-version=3',
    `--filename=${file}`,
    `--size=${fileBytes}`,
    '--time_based',
    '--group_reporting',
  ]
  const engine = ['--ioengine=libaio', '--direct=1', '--iodepth=16', `--runtime=${runtimeMs}ms`]
  const job = (way: string, bytes: number) => [
    `--name=${way}-${bytes}`,
    '--stonewall',
    `--rw=rand${way}`,
    `--bs=${bytes}`,
  ]
  const jobs = [
    ...writes.flatMap((bytes) => job('write', bytes)),
    ...reads.flatMap((bytes) => job('read', bytes)),
  ]
  return run('fio', [...common, ...engine, ...jobs])
    .stdout.split('\n')
    .filter((line) => line.startsWith('3;'))
    .map((line): Point => {
      const fields = line.split(';')
      const [way, bytes] = (fields[2] ?? '').split('-')
      const read = way === 'read'
      return {
        type: read ? 0 : 1,
        bytes: Number(bytes),
        iops: Number(fields[read ? 7 : 48]),
        latencyUs: Number(fields[read ? 39 : 80]),
      }
    })
}

/** Without fio: dd with O_DIRECT, one request at a time. */
function byDd(file: string): Point[] {
  const timed = (type: 0 | 1, bytes: number, words: string[]): Point => {
    const [, copied = '0', seconds = '1'] =
      /(\d+) bytes.* ([\d.e-]+) s,/.exec(run('dd', words).stderr) ?? []
    const iops = Number(copied) / bytes / Math.max(Number(seconds), 1e-6)
    return { type, bytes, iops, latencyUs: 1e6 / iops }
  }
  const written = writes.map((bytes) =>
    timed(1, bytes, [
      'if=/dev/zero',
      `of=${file}`,
      `bs=${bytes}`,
      `count=${fileBytes / bytes}`,
      'oflag=direct',
    ]),
  )
  return [
    ...written,
    ...reads.map((bytes) =>
      timed(0, bytes, [`if=${file}`, 'of=/dev/null', `bs=${bytes}`, 'count=64', 'iflag=direct']),
    ),
  ]
}

/** The file as observer reads it at start (deployers §1.5). */
function ioResource(points: Point[]): string {
  const rows = points
    .toSorted((one, other) => one.type - other.type || one.bytes - other.bytes)
    .map(
      ({ type, bytes, iops, latencyUs }) =>
        `${type} ${bytes} ${iops.toFixed(2)} ${latencyUs.toFixed(2)}`,
    )
  return [
    'version 1',
    'io_type io_size_byte io_ps io_rt_us',
    ...rows,
    'submit_thread_cnt 1',
    'getevent_thread_cnt 5',
    '',
  ].join('\n')
}

function option(words: string[], name: string): string {
  const value = words[words.indexOf(name) + 1]
  if (!words.includes(name) || !value)
    throw new Error('usage: ob_admin io_bench -c <etc folder> -d <data folder>')
  return value
}

function main([command, ...words]: string[]): void {
  if (command !== 'io_bench')
    throw new Error('usage: ob_admin io_bench -c <etc folder> -d <data folder>')
  const target = join(option(words, '-c'), 'io_resource.conf')
  const file = join(option(words, '-d'), `io_bench.${process.pid}`)
  try {
    writeFileSync(target, ioResource(found('fio') ? byFio(file) : byDd(file)))
    process.stdout.write(`io bench finished, result in ${target}\n`)
  } finally {
    rmSync(file, { force: true })
  }
}

try {
  main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`ob_admin: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
