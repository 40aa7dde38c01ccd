/** What was measured, a row each; printed as a Markdown table when a file's tests are over. */
export function measuredTable(columns: readonly string[]) {
  const rows: string[][] = []
  return {
    add(row: readonly string[]): void {
      rows.push([...row])
    },
    print(): void {
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
      const all = [columns, columns.map(() => '---'), ...rows]
      process.stdout.write(`\n${all.map(line).join('\n')}\n\n`)
    },
  }
}

/** Whole seconds that a step takes, as text. */
export async function seconds(step: () => Promise<unknown>): Promise<string> {
  const start = performance.now()
  await step()
  return String(Math.round((performance.now() - start) / 1000))
}
