/** Objects as the API's compact form has them: values in the order of `columns`, null is absent. */
export interface Compact<Row> {
  readonly columns: readonly (keyof Row & string)[]
  readonly rows: readonly (readonly unknown[])[]
}

/** An object a row; what is absent is undefined, so that it replaces what was there before. */
export const unpack = <Row>({ columns, rows }: Compact<Row>): Row[] =>
  rows.map(
    (row) =>
      Object.fromEntries(columns.map((column, index) => [column, row[index] ?? undefined])) as Row,
  )
