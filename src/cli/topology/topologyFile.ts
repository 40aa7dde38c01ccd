import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { readTopology, type Topology } from '../../topology/index.ts'
import { UsageError } from '../usageError.ts'

/** A topology file, and where it lies: paths in it are from there. */
export interface TopologyFile {
  readonly path: string
  readonly folder: string
  readonly topology: Topology
}

/** Throws UsageError when there is no such file, FileError with everything that is wrong in it. */
export function readTopologyFile(cwd: string, file: string): TopologyFile {
  const path = resolve(cwd, file)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`${file} cannot be read: obflow init ${file} writes a sample.`)
  }
  return { path, folder: dirname(path), topology: readTopology(file, text) }
}
