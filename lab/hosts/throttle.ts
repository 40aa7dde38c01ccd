import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { LabError } from './machine.ts'

/**
 * Where this machine's kernel limits block I/O: control groups v2, or v1 where the blkio controller
 * is still mounted.
 */
interface Controller {
  readonly root: string
  readonly limit: (group: string, device: string, iops: number) => void
}

function controller(): Controller | undefined {
  const v1 = '/sys/fs/cgroup/blkio'
  if (existsSync(join(v1, 'cgroup.procs'))) {
    return {
      root: v1,
      limit: (group, device, iops) => {
        for (const way of ['read', 'write'])
          writeFileSync(join(group, `blkio.throttle.${way}_iops_device`), `${device} ${iops}`)
      },
    }
  }
  const v2 = '/sys/fs/cgroup'
  if (!existsSync(join(v2, 'cgroup.controllers'))) return undefined
  return {
    root: v2,
    limit: (group, device, iops) => {
      writeFileSync(join(v2, 'cgroup.subtree_control'), '+io')
      writeFileSync(join(group, 'io.max'), `${device} riops=${iops} wiops=${iops}`)
    },
  }
}

const groupName = (lab: string, host: string): string => `obflow-lab.${lab}.${host}`

/**
 * Limits reads and writes per second of the given processes, and of all they start, on the disk
 * that holds `path`.
 */
export function throttle(
  lab: string,
  host: string,
  processes: readonly number[],
  path: string,
  iops: number,
): void {
  const found = controller()
  const { dev } = statSync(path)
  const [major, minor] = [Math.floor(dev / 256), dev % 256]
  if (!found || major === 0)
    throw new LabError(
      'A slow disk needs a block device under the lab and the io (v2) or blkio (v1) control group of the kernel.',
    )
  const group = join(found.root, groupName(lab, host))
  mkdirSync(group, { recursive: true })
  found.limit(group, wholeDisk(`${major}:${minor}`), iops)
  for (const pid of processes) move(pid, group)
}

/** Limits apply to disks, not to their partitions. */
function wholeDisk(device: string): string {
  const folder = `/sys/dev/block/${device}`
  return existsSync(join(folder, 'partition'))
    ? readFileSync(join(folder, '../dev'), 'utf8').trim()
    : device
}

/** Ends the limit of one host. */
export function unthrottle(lab: string, host: string): void {
  const found = controller()
  if (found) removeGroup(found.root, groupName(lab, host))
}

/** Ends all limits of a lab. */
export function removeThrottles(lab: string): void {
  const found = controller()
  if (!found) return
  for (const name of readdirSync(found.root).filter((entry) =>
    entry.startsWith(groupName(lab, '')),
  ))
    removeGroup(found.root, name)
}

function removeGroup(root: string, name: string): void {
  const group = join(root, name)
  if (!existsSync(group)) return
  for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
    move(Number(pid), root)
  rmdirSync(group)
}

function move(pid: number, group: string): void {
  try {
    writeFileSync(join(group, 'cgroup.procs'), String(pid))
  } catch {
    // It ended in between.
  }
}
