import { accessSync, constants, existsSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './settings.ts'
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

/** Bytes of the data disk, in all. */
export function dataDiskBytes(dataDir: string): number {
  const { blocks, bsize } = statfsSync(join(dataDir, 'sstable'))
  return blocks * bsize
}

/**
 * First start: block_file and a first log file; really written, so that a full disk shows. Throws
 * StartError.
 */
export function initStore(dataDir: string): void {
  try {
    for (const [file, bytes] of [
      ['sstable/block_file', blockFileBytes],
      ['clog/1', 4096],
      ['slog/1', 4096],
    ] as const) {
      const path = join(dataDir, file)
      if (!existsSync(path)) writeFileSync(path, Buffer.alloc(bytes))
    }
  } catch (error) {
    throw new StartError(
      4184,
      `Server out of disk space: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
