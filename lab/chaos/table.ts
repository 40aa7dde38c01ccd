import type { FaultRun, Verdict } from './run.ts'

const signs: Record<Verdict, string> = { 'by itself': '✔', 'one retry': '1', lost: '✘' }

/** Node × fault in Markdown: ✔ resumed by itself, 1 needed one retry, ✘ lost; then the causes and what was wrong at the end. */
export function table(runs: readonly FaultRun[]): string {
  const nodes = runs[0]?.cells.map(({ node }) => node) ?? []
  const rows = nodes.map((node, index) => {
    // With two hosts a stage has two subtasks; the worst of them counts.
    const signsOf = runs.map(({ cells }) => {
      const nth = nodes.slice(0, index).filter((name) => name === node).length
      const cell = cells.filter((candidate) => candidate.node === node)
      const share = Math.max(1, Math.round(cell.length / nodes.filter((name) => name === node).length))
      const own = cell.slice(nth * share, (nth + 1) * share)
      return own.some(({ verdict }) => verdict === 'lost')
        ? signs.lost
        : own.some(({ verdict }) => verdict === 'one retry')
          ? signs['one retry']
          : signs['by itself']
    })
    return `| ${node} | ${signsOf.join(' | ')} |`
  })
  const head = ['node', ...runs.map(({ fault }) => fault)]
  const causes = runs.flatMap(({ fault, cells }) =>
    cells.flatMap(({ node, cause }) => (cause === undefined ? [] : [`- ${fault}, ${node}: ${cause.split('\n')[0]}`])),
  )
  const complaints = runs.flatMap(({ fault, complaints: all }) => all.map((complaint) => `- ${fault}: ${complaint}`))
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows,
    '',
    ...(causes.length > 0 ? ['What was reported where a retry was needed:', '', ...causes, ''] : []),
    complaints.length > 0 ? ['Wrong at the end:', '', ...complaints].join('\n') : 'Nothing was wrong at the end of any run.',
  ].join('\n')
}
