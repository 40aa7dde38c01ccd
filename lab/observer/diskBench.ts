import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'

/** What one kind of request does on a disk; type 0 reads, 1 writes. */
export interface Point {
  readonly type: 0 | 1
  readonly bytes: number
  readonly iops: number
  readonly latencyUs: number
}

interface Bench {
  readonly file: string
  /** Size of the file, which takes that much of the disk. */
  readonly bytes: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

/** So long is one point measured: the real ones take 10 s each. */
const runtimeMs = 40

/** The real ones write the whole file first; here only what is then read has blocks. */
const measuredBytes = 64 * 1024 * 1024

/** `%-10s %-15s %-15s %-10s`, as both of the real ones write a line. */
export function padded(
  type: string | number,
  bytes: string | number,
  iops: string | number,
  latency: string | number,
): string {
  const decimals = (value: string | number) =>
    typeof value === 'number' ? value.toFixed(2) : value
  return [
    String(type).padEnd(10),
    String(bytes).padEnd(15),
    decimals(iops).padEnd(15),
    decimals(latency).padEnd(10),
  ].join(' ')
}

export function writeResult(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\n')}\n`)
}

export const hasFio = (): boolean =>
  spawnSync('fio', ['--version'], { stdio: 'ignore' }).error === undefined

/** Takes the file's whole size from the disk. Fails like the real one when there is no room. */
export function layOut(file: string, bytes: number): void {
  closeSync(openSync(file, 'w'))
  run('fallocate', ['-l', String(bytes), file])
}

/** Blocks that were never written are read without asking the disk. */
function fill(file: string, bytes: number): void {
  const count = Math.floor(bytes / 1024 ** 2)
  run('dd', [
    'if=/dev/zero',
    `of=${file}`,
    'bs=1M',
    `count=${count}`,
    'oflag=direct',
    'conv=notrunc',
  ])
}

/** Measures all points on a file that is made for it. Reads come first in the result. */
export function measureDisk({ file, bytes, reads, writes }: Bench): readonly Point[] {
  layOut(file, bytes)
  const size = Math.min(bytes, measuredBytes)
  fill(file, size)
  const jobs = [
    ...writes.toReversed().map((each) => ({ way: 'write', bytes: each })),
    ...reads.map((each) => ({ way: 'read', bytes: each })),
  ]
  const points = hasFio() ? byFio(file, size, jobs) : jobs.map((job) => byDd(file, size, job))
  return points.toSorted((one, other) => one.type - other.type || one.bytes - other.bytes)
}

interface Job {
  readonly way: string
  readonly bytes: number
}

function run(command: string, words: readonly string[]): { stdout: string; stderr: string } {
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
function byFio(file: string, size: number, jobs: readonly Job[]): Point[] {
  const common = [
    '--output-format=terse',
    '--terse-version=3',
    `--filename=${file}`,
    `--size=${size}`,
    '--time_based',
    '--group_reporting',
  ]
  const engine = ['--ioengine=libaio', '--direct=1', '--iodepth=16', `--runtime=${runtimeMs}ms`]
  const asked = jobs.flatMap(({ way, bytes }) => [
    `--name=${way}-${bytes}`,
    '--stonewall',
    `--rw=rand${way}`,
    `--bs=${bytes}`,
  ])
  return run('fio', [...common, ...engine, ...asked])
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
function byDd(file: string, size: number, { way, bytes }: Job): Point {
  const words =
    way === 'read'
      ? [`if=${file}`, 'of=/dev/null', `bs=${bytes}`, 'count=64', 'iflag=direct']
      : [
          'if=/dev/zero',
          `of=${file}`,
          `bs=${bytes}`,
          `count=${size / bytes}`,
          'oflag=direct',
          'conv=notrunc',
        ]
  const [, copied = '0', seconds = '1'] =
    /(\d+) bytes.* ([\d.e-]+) s,/.exec(run('dd', words).stderr) ?? []
  const iops = Number(copied) / bytes / Math.max(Number(seconds), 1e-6)
  return { type: way === 'read' ? 0 : 1, bytes, iops, latencyUs: 1e6 / iops }
}
