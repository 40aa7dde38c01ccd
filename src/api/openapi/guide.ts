const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Links to other pages of the repository lead nowhere here and stay words. */
const linked = (_: string, words: string, target: string): string =>
  /^(https:|#)/.test(target) ? `<a href="${target}">${words}</a>` : words

const inline = (text: string): string =>
  escaped(text)
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? `<code>${part.slice(1, -1)}</code>`
        : part
            .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, linked)
            .replaceAll(/\*\*([^*]+)\*\*/g, '<b>$1</b>'),
    )
    .join('')

const cells = (row: string, tag: 'td' | 'th'): string =>
  row
    .replace(/^\|\s*|\s*\|$/g, '')
    .split(/\s*(?<!\\)\|\s*/)
    .map((cell) => `<${tag}>${inline(cell.replaceAll('\\|', '|'))}</${tag}>`)
    .join('')

const table = ([head = '', , ...rows]: readonly string[]): string =>
  `<table><tr>${cells(head, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`

/** One block of the guide: what stands between two empty lines. */
function block(text: string): string {
  const lines = text.split('\n')
  const [, hashes = '', heading = ''] = /^(#+) (.*)/.exec(text) ?? []
  if (hashes !== '') {
    const level = hashes.length
    const rest = lines.slice(1).join('\n')
    const anchor = heading.toLowerCase().replaceAll(/[^\w-]+/g, '-')
    return `<h${level} id="${anchor}">${inline(heading)}</h${level}>${rest === '' ? '' : block(rest)}`
  }
  if (text.startsWith('<!--')) return ''
  if (text.startsWith('|')) return table(lines)
  if (/^1\. /.test(text))
    return `<ol>${text
      .split(/^\d+\. /m)
      .slice(1)
      .map((item) => `<li>${inline(item)}</li>`)
      .join('')}</ol>`
  return `<p>${inline(text).replaceAll(/\n(?=<b>)/g, '<br>')}</p>`
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code{background:#f0f0f0;padding:0 .2rem}td,th{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0}
h3:target{background:#fff3c4}@media (prefers-color-scheme:dark){body{background:#111;color:#ddd}code{background:#222}
a{color:#8bf}h3:target{background:#443b12}}`

/** The operator's guide as a page without a script, of the Markdown that docs/operators.md uses. */
export const guidePage = (markdown: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>obflow: operator's guide</title><style>${style}</style>
${markdown
  .trim()
  .split(/\n{2,}/)
  .map(block)
  .join('\n')}
</html>`
