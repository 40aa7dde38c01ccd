import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What a host prepared for OceanBase has in /etc/sysctl.conf. Source: OceanBase documentation,
 * "Configure hosts", kernel parameters. These belong to the whole machine, so a lab host has files
 * in their place: it may be read and changed, and changes nothing.
 */
const prepared: Readonly<Record<string, string>> = {
  'fs/aio-max-nr': '1048576',
  'fs/file-max': '6573688',
  'vm/swappiness': '0',
  'vm/min_free_kbytes': '2097152',
  'vm/max_map_count': '655360',
  'vm/overcommit_memory': '0',
}

/** /proc/meminfo of a machine of so many GiB that runs nothing else, without swap. */
export function memoryShown(giB: number): string {
  const kib = giB * 2 ** 20
  const rows: readonly (readonly [name: string, kib: number])[] = [
    ['MemTotal', kib],
    ['MemFree', kib * 0.94],
    ['MemAvailable', kib * 0.95],
    ['Buffers', kib * 0.001],
    ['Cached', kib * 0.02],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ]
  return rows.map(([name, size]) => `${`${name}:`.padEnd(15)}${Math.round(size)} kB\n`).join('')
}

/** What a host shows unless a test has it show less. */
export const shownGiB = 64

/**
 * Copies /proc/sys/vm and /proc/sys/fs to `target`, with the values of a prepared host, and shows
 * the memory of one as `meminfo`.
 */
export function copySysctl(target: string): void {
  for (const area of ['vm', 'fs']) copyFolder(`/proc/sys/${area}`, join(target, area))
  for (const [name, value] of Object.entries(prepared))
    writeFileSync(join(target, name), `${value}\n`)
  writeFileSync(join(target, 'meminfo'), memoryShown(shownGiB))
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (entry.name !== 'binfmt_misc') copyFolder(join(from, entry.name), join(to, entry.name))
    } else writeFileSync(join(to, entry.name), readable(join(from, entry.name)))
  }
}

/** Some settings can only be written (compact_memory, drop_caches). */
function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
