import { storeNodes } from './coverage.ts'
import type { Row } from './sweep.ts'

/** The result in Markdown. */
export function table(rows: readonly Row[]): string {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const line = (name: string, of: (count: (row: Row) => number) => number): string => {
    const counts = [of((row) => row.commands), of((row) => row.statements), of((row) => row.well)]
    return `| ${name} | ${counts.join(' | ')} | ${of((row) => row.seconds).toFixed(0)} |`
  }
  return [
    '| node | command points | statement points | end well after a retry | seconds |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => line(row.name, (count) => count(row))),
    line('all', sum),
    '',
    `No command and no statement, so no point: ${storeNodes.join(', ')}.`,
  ].join('\n')
}
