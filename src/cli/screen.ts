import { stripVTControlCharacters } from 'node:util'
import { columns } from './text.ts'

/** The part of a terminal or file that is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** Rows of the terminal that a line takes. */
const rowsOf = (line: string, width: number | undefined): number =>
  width ? Math.max(1, Math.ceil(columns(stripVTControlCharacters(line)) / width)) : 1

/**
 * Draws frames over one another. The cursor rests below the frame, so that whatever is written
 * after the last one follows it.
 */
export function createScreen(out: Output) {
  let drawn = 0
  return {
    draw(lines: readonly string[]): void {
      // One write a frame, else a terminal may show half of it.
      const back = drawn > 0 ? `\x1b[${drawn}A` : ''
      out.write(`${back}\x1b[0J${lines.map((line) => `${line}\n`).join('')}`)
      drawn = lines.reduce((rows, line) => rows + rowsOf(line, out.columns), 0)
    },
  }
}
