import { storeNodes } from './coverage.ts'
import type { Row } from './sweep.ts'

/** The result in Markdown. */
export function table(rows: readonly Row[]): string {
  const line = (name: string, of: readonly Row[]): string => {
    const sum = (count: (row: Row) => number): number =>
      of.reduce((total, row) => total + count(row), 0)
    const counts = [
      sum((row) => row.commands),
      sum((row) => row.statements),
      sum((row) => row.well),
    ]
    return `| ${name} | ${counts.join(' | ')} | ${sum((row) => row.seconds).toFixed(0)} |`
  }
  return [
    '| node | at commands | at statements | end well after a retry | seconds |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => line(row.name, [row])),
    line('all', rows),
    '',
    `No command and no statement, so no point: ${storeNodes.join(', ')}.`,
  ].join('\n')
}
