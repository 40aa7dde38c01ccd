import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Disk, StartError } from './settings.ts'
import { lines, type Version } from './versionLine.ts'

const blockFileBytes = 2 * 1024 * 1024

/**
 * The store folder and those of its line must be there and writable; the observer makes none of
 * them. Throws StartError.
 */
export function checkStore(dataDir: string, version: Version): void {
  for (const folder of [
    dataDir,
    ...lines[version.line].storeDirs.map((name) => join(dataDir, name)),
  ]) {
    if (!existsSync(folder) || !statSync(folder).isDirectory())
      throw new StartError(4009, `data directory '${folder}' does not exist`)
    try {
      accessSync(folder, constants.W_OK | constants.X_OK)
    } catch {
      throw new StartError(4009, `data directory '${folder}' is not writable`)
    }
  }
}

/** The disks that a lab host shows instead of the machine's; the host's df reads them too. */
function shownDisk(folder: string): Disk | undefined {
  const path = process.env.OBFLOW_LAB_DISKS ?? '/etc/obflow-lab/disks'
  if (!existsSync(path)) return undefined
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
  for (const [root = '', device = '', total, used] of rows)
    if (root !== '' && `${folder}/`.startsWith(`${root}/`))
      return { device, total: Number(total) * 1024, free: (Number(total) - Number(used)) * 1024 }
  return undefined
}

/** K4.2.5 observer/ob_server_utils.cpp: what is reserved for root counts for nothing. */
function diskUnder(folder: string): Disk {
  const real = realpathSync(folder)
  const { dev } = statSync(real)
  // What is mounted over a folder, a test's full disk, is another disk than the one shown there.
  const shown = dev === statSync('/').dev ? shownDisk(real) : undefined
  if (shown) return shown
  const { blocks, bavail, bfree, bsize } = statfsSync(real)
  return { device: String(dev), total: (blocks + bavail - bfree) * bsize, free: bavail * bsize }
}

const blockFile = (dataDir: string) => join(dataDir, 'sstable/block_file')

export const disksOf = (dataDir: string): { data: Disk; log: Disk; isNew: boolean } => ({
  data: diskUnder(join(dataDir, 'sstable')),
  log: diskUnder(join(dataDir, 'clog')),
  isNew: !existsSync(blockFile(dataDir)),
})

/**
 * First start: block_file, as long as it is to be and mostly a hole, and a first log file; their
 * beginnings are really written, so that a full disk shows. Throws StartError.
 */
export function initStore(dataDir: string, dataBytes: number): void {
  try {
    const isNew = !existsSync(blockFile(dataDir))
    for (const [file, bytes] of [
      ['sstable/block_file', blockFileBytes],
      ['clog/1', 4096],
      ['slog/1', 4096],
    ] as const) {
      const path = join(dataDir, file)
      if (!existsSync(path)) writeFileSync(path, Buffer.alloc(bytes))
    }
    if (isNew) truncateSync(blockFile(dataDir), Math.max(dataBytes, blockFileBytes))
  } catch (error) {
    throw new StartError(
      4184,
      `Server out of disk space: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
