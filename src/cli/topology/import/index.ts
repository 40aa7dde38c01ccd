import { parseDocument, stringify } from 'yaml'
import { FileError } from '../../../topology/index.ts'
import { fromObd } from './obd.ts'
import { fromTiup } from './tiup.ts'

/** A topology as plain data, and what of the other file has no place in it. */
export interface Imported {
  readonly topology: object
  readonly leftOut: readonly string[]
  /** What the reader has to do, as comments at the top. */
  readonly todo: readonly string[]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Makes a topology file of another deployer's. Throws FileError for what is neither. */
export function importFile(
  file: string,
  text: string,
): { readonly yaml: string; readonly leftOut: readonly string[] } {
  const document = parseDocument(text)
  const [error] = document.errors
  const fault = (what: string, line = 1, column = 1): FileError =>
    new FileError(file, [{ line, column, path: '', what, write: 'give a file of obd or tiup' }])
  if (error) throw fault('is no YAML', error.linePos?.[0].line, error.linePos?.[0].col)
  const found: unknown = document.toJS()
  if (!isObject(found)) throw fault('is no topology')
  const kind = 'tikv_servers' in found || 'pd_servers' in found ? 'tiup' : 'obd'
  const imported = kind === 'tiup' ? fromTiup(found) : fromObd(found)
  if (imported === undefined) throw fault('describes no OceanBase')
  const comments = [`Made of ${kind}'s ${file} by obflow import.`, ...imported.todo]
  const head = comments.map((line) => `# ${line}\n`).join('')
  const rest = imported.leftOut.map((line) => `# left out: ${line}\n`).join('')
  return {
    yaml: `${head}${rest}\n${stringify(imported.topology, { lineWidth: 0 })}`,
    leftOut: imported.leftOut,
  }
}
