/** A value of the sample that its user replaces. */
export interface Edit {
  readonly from: string
  readonly to: string
}

const quoted = (text: string): string => text.replaceAll(/[\\/&.[\]]/g, '\\$&')

/** The edits as one command: what an editor would do. */
export const editing = (edits: readonly Edit[], file: string): string =>
  `sed -i ${edits.map(({ from, to }) => `-e 's/${quoted(from)}/${quoted(to)}/'`).join(' ')} ${file}`
