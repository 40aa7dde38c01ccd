import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { disksFile, disksShown } from './disks.ts'
import type { LabHost } from './host.ts'
import { faketimeLibrary } from './machine.ts'
import { setLink } from './network.ts'
import { memoryShown, shownGiB } from './sysctl.ts'
import { throttle, unthrottle } from './throttle.ts'

/**
 * What the lab observer of a host is told to do wrong. It reads this as /etc/obflow-lab/faults.json
 * when it starts.
 */
export interface ObserverFaults {
  /** Milliseconds from its start until it listens. */
  readonly slowStartMs?: number
  /**
   * Milliseconds after its start in which a server of a cluster knows the core schema alone; 2000.
   */
  readonly startWindowMs?: number
  /** Milliseconds for which its root service takes a silent server for alive; 10000. */
  readonly leaseMs?: number
  /** Answers ALTER SYSTEM BOOTSTRAP with this error instead of doing it. */
  readonly refuseBootstrap?: { readonly errno: number; readonly message: string }
  /** Ends by SIGKILL this many milliseconds after its start. */
  readonly crashAfterMs?: number
  /** Ends by SIGKILL in the middle of ALTER SYSTEM BOOTSTRAP. */
  readonly crashOnBootstrap?: boolean
}

/** Each fault and what it is told. */
export interface FaultArguments {
  /**
   * A small full disk is mounted over this folder; what lay there is hidden until healed. Second:
   * bytes left free, default none.
   */
  diskFull: [path: string, freeBytes?: number]
  /**
   * Milliseconds, either sign. Every process begun over SSH afterwards, sudo included, sees that
   * clock; open sessions end.
   */
  clockSkew: [ms: number]
  /** The cable is pulled: packets vanish, nothing is refused. */
  networkDown: []
  /** sshd and its sessions are killed: connections are refused. */
  sshdDown: []
  /**
   * Reads and writes a second that the host's disk gives to all its processes; default 400, below
   * OCP's demand of 1000 at 16 KiB.
   */
  slowDisk: [iops?: number]
  observer: [switches: ObserverFaults]
  /** The host shows so much memory, 95 % of it available. */
  memory: [giB: number]
  /** The disk shown under /data/1 or /data/log1 is used to this degree. */
  diskUsed: [folder: '/data/1' | '/data/log1', percent: number]
}

export type FaultKind = keyof FaultArguments

interface Fault<Kind extends FaultKind> {
  readonly inflict: (host: LabHost, ...args: FaultArguments[Kind]) => void | Promise<void>
  readonly heal: (host: LabHost) => void | Promise<void>
}

const fullDiskLabel = 'obflow-lab-full'

/** Semaphore and memory that all processes under a wrong clock share. */
const clockLock = 'obflow-lab-clock'

/**
 * Run under the library, which gives each process such a pair of its own and the names of it to
 * what that starts: a program that changes its user may then not open it and ends. Linked under
 * other names and opened to all, one pair serves everybody, and outlives who made it.
 */
const shareClockLock = `
set -e -- $FAKETIME_SHARED
cd /dev/shm
ln -f "sem.\${1#/}" sem.${clockLock}
ln -f "\${2#/}" ${clockLock}
chmod 0666 sem.${clockLock} ${clockLock}
`

export const faults: { readonly [Kind in FaultKind]: Fault<Kind> } = {
  diskFull: {
    inflict: async (host, path, freeBytes = 0) => {
      const folder = join(host.root, path)
      mkdirSync(folder, { recursive: true })
      const { mode, uid, gid } = statSync(folder)
      const used = 4 << 20
      await host.must([
        'mount',
        '-t',
        'tmpfs',
        '-o',
        `size=${used + freeBytes}`,
        fullDiskLabel,
        path,
      ])
      const filler = join(host.root, path, '.full')
      writeFileSync(filler, Buffer.alloc(used))
      chmodSync(filler, 0o600)
      chmodSync(folder, mode & 0o7777)
      chownSync(folder, uid, gid)
    },
    heal: async (host) => {
      await host.exec(
        `awk '$1 == "${fullDiskLabel}" { print $2 }' /proc/mounts | xargs -r umount -l`,
      )
    },
  },
  clockSkew: {
    inflict: async (host, ms) => {
      const shift = {
        LD_PRELOAD: faketimeLibrary(),
        FAKETIME: `${ms < 0 ? '' : '+'}${ms / 1000}`,
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        // It measures a disk, and hangs with this library now and then.
        FAKETIME_SKIP_CMDS: 'fio',
      }
      await host.must([
        'env',
        ...Object.entries(shift).map(([name, value]) => `${name}=${value}`),
        'bash',
        '-c',
        shareClockLock,
      ])
      await host.restartSshd({ ...shift, FAKETIME_SHARED: `/${clockLock} /${clockLock}` })
    },
    heal: (host) => host.restartSshd({}),
  },
  networkDown: {
    inflict: (host) => setLink(host.network, host.ip, 'down'),
    heal: (host) => setLink(host.network, host.ip, 'up'),
  },
  sshdDown: {
    inflict: (host) => host.stopSshd(),
    heal: async (host) => {
      host.stopSshd()
      await host.startSshd()
    },
  },
  slowDisk: {
    inflict: (host, iops = 400) =>
      throttle(
        host.lab,
        host.name,
        host.processes().map(({ pid }) => pid),
        host.disk,
        iops,
      ),
    heal: (host) => unthrottle(host.lab, host.name),
  },
  observer: {
    inflict: (host, switches) =>
      writeFileSync(join(host.disk, 'etc/obflow-lab/faults.json'), `${JSON.stringify(switches)}\n`),
    heal: (host) => writeFileSync(join(host.disk, 'etc/obflow-lab/faults.json'), '{}\n'),
  },
  memory: {
    inflict: (host, giB) => writeFileSync(join(host.root, 'proc/meminfo'), memoryShown(giB)),
    heal: (host) => writeFileSync(join(host.root, 'proc/meminfo'), memoryShown(shownGiB)),
  },
  diskUsed: {
    inflict: (host, folder, percent) =>
      writeFileSync(join(host.disk, disksFile), disksShown({ [folder]: percent })),
    heal: (host) => writeFileSync(join(host.disk, disksFile), disksShown()),
  },
}
