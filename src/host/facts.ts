import { z } from 'zod'
import { type Quoted, sh } from '../quote.ts'

/** What a host says of itself. Sizes in bytes. */
export interface MachineFacts {
  readonly name: string
  /** ID and VERSION_ID of os-release together, e.g. `centos7`. */
  readonly distribution: string
  readonly kernel: string
  readonly system: string
  readonly architecture: string
  readonly cores: number
  readonly memoryBytes: number
  readonly disks: readonly {
    readonly mount: string
    readonly device: string
    readonly totalBytes: number
    readonly availableBytes: number
  }[]
  /** Needed commands that are not there. */
  readonly missing: readonly string[]
}

const line = z.string()
const natural = z.coerce.number().int().nonnegative()

/** A script that prints the facts, one a line. `commands` are looked for. */
export const machineFacts = (commands: readonly string[]): Quoted => sh`export LC_ALL=C
echo "name $(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)"
echo "distribution $(. /etc/os-release 2>/dev/null && echo "$ID$VERSION_ID")"
echo "system $(uname -s)"
echo "kernel $(uname -r)"
echo "architecture $(uname -m)"
echo "cores $(getconf _NPROCESSORS_ONLN)"
while read -r name value _; do [ "$name" != MemTotal: ] || echo "memory $value"; done </proc/meminfo
df -PTk 2>/dev/null | while read -r device type total _ available _ mount; do
  case $type in ext* | xfs | btrfs | overlay | zfs) echo "disk $device $total $available $mount" ;; esac
done
for command in ${commands}; do command -v "$command" >/dev/null || echo "missing $command"; done`

/** Reads what `machineFacts` printed. Throws ZodError when a fact is missing. */
export const readMachineFacts = (output: string): MachineFacts => {
  const all = (fact: string): string[] =>
    output.split('\n').flatMap((text) => (text.startsWith(`${fact} `) ? [text.slice(fact.length + 1).trim()] : []))
  const one = (fact: string): string => line.parse(all(fact)[0])
  return {
    name: one('name'),
    distribution: one('distribution'),
    system: one('system').toLowerCase(),
    kernel: one('kernel'),
    architecture: one('architecture'),
    cores: natural.parse(one('cores')),
    memoryBytes: natural.parse(one('memory')) * 1024,
    disks: all('disk').map((text) => {
      const [device = '', total, available, ...mount] = text.split(' ')
      return { mount: mount.join(' '), device, totalBytes: Number(total) * 1024, availableBytes: Number(available) * 1024 }
    }),
    missing: all('missing'),
  }
}
