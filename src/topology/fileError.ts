/** What is wrong at one place of a file, and what to write there. */
export interface Fault {
  readonly line: number
  readonly column: number
  /** Of the value, e.g. `cluster.zones[0].hosts`; empty for what is no YAML. */
  readonly path: string
  readonly what: string
  /** What belongs there, as a sentence's end: `write hosts: [10.0.0.11]`. */
  readonly write: string
}

/** A file that cannot be used, with everything that is wrong in it. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly faults: readonly Fault[]
  constructor(file: string, faults: readonly Fault[]) {
    super(
      faults
        .map(({ line, column, path, what, write }) => {
          const where = `${file}:${line}:${column}:`
          return `${where} ${path === '' ? '' : `${path} `}${what}; ${write}`
        })
        .join('\n'),
    )
    this.faults = faults
  }
}
