import { stringify } from 'yaml'
import type { Context } from '../command.ts'
import { column, columns as columnsOf, painter, plain } from '../text.ts'
import type { Cell, Column, Resource } from './resource.ts'

type Printing = Pick<Context, 'stdout' | 'format' | 'color' | 'note'>

const cellText = (cell: Cell): string => plain(String(cell ?? ''))

/** Rows in columns as wide as their widest cell. */
export function tableLines<Item>(
  shown: readonly Column<Item>[],
  items: readonly Item[],
  color: boolean,
): string[] {
  const paint = painter(color)
  const rows = [
    shown.map(({ title }) => title),
    ...items.map((item) => shown.map(({ of }) => cellText(of(item)))),
  ]
  const widths = shown.map((_, at) => Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))))
  return rows.map((row, index) => {
    const line = row
      .map((cell, at) => column(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd()
    return index === 0 ? paint('dim', line) : line
  })
}

/** Data as a program reads it; false: the form is one for people. */
export function printData(
  { format, stdout }: Pick<Printing, 'format' | 'stdout'>,
  data: unknown,
): boolean {
  if (format === 'json') stdout.write(`${JSON.stringify(data, undefined, 2)}\n`)
  else if (format === 'yaml') stdout.write(stringify(data))
  else return false
  return true
}

/** A list in the form that `-o` names. */
export function printList<Item>(
  context: Printing,
  kind: Resource<Item>,
  items: readonly Item[],
): void {
  const { color, format, note, stdout } = context
  if (printData(context, items)) return
  if (format === 'name') {
    for (const item of items) stdout.write(`${plain(kind.nameOf(item))}\n`)
    return
  }
  if (items.length === 0) {
    note(`No ${kind.plural}.`)
    return
  }
  const shown = kind.columns.filter(({ wide }) => format === 'wide' || !wide)
  for (const line of tableLines(shown, items, color)) stdout.write(`${line}\n`)
}

/** One item in the form that `-o` names: for people, all columns below each other. */
export function printOne<Item>(context: Printing, kind: Resource<Item>, item: Item): void {
  const { color, format, stdout } = context
  if (printData(context, item)) return
  if (format === 'name') {
    stdout.write(`${plain(kind.nameOf(item))}\n`)
    return
  }
  const paint = painter(color)
  const width = Math.max(...kind.columns.map(({ title }) => title.length))
  for (const { title, of } of kind.columns)
    stdout.write(`${paint('dim', title.padEnd(width))}  ${cellText(of(item))}\n`)
}
