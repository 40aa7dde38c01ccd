import { z } from 'zod'

const media = z.looseObject({
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
})
const operation = z.looseObject({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: z.unknown(),
      }),
    )
    .optional(),
  requestBody: media.optional(),
  responses: z.record(z.string(), media),
})
const readable = z.looseObject({
  info: z.looseObject({ title: z.string(), description: z.string().optional() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
})

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** A schema as indented JSON; references lead to the schema of that name below. */
const printed = (schema: unknown): string =>
  `<pre>${escaped(JSON.stringify(schema, undefined, 2) ?? '').replaceAll(
    /\{\s*&quot;\$ref&quot;: &quot;#\/components\/schemas\/(\w+)&quot;\s*\}/g,
    '<a href="#$1">$1</a>',
  )}</pre>`

const printedMedia = ({ content = {} }: z.infer<typeof media>): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<p>${escaped(type)}</p>${printed(schema)}`)
    .join('')

function section(
  path: string,
  method: string,
  {
    summary = '',
    description = '',
    parameters = [],
    requestBody,
    responses,
  }: z.infer<typeof operation>,
) {
  const rows = parameters.map(
    ({ name, in: place, required, description: words = '', schema }) =>
      `<tr><td>${escaped(name)}</td><td>${place}${required ? ', required' : ''}</td><td>${escaped(words)}${printed(schema)}</td></tr>`,
  )
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
${description === '' ? '' : `<p>${escaped(description).replaceAll('\n\n', '<br>')}</p>`}
${rows.length === 0 ? '' : `<h4>Parameters</h4><table>${rows.join('')}</table>`}
${requestBody ? `<h4>Body</h4>${printedMedia(requestBody)}` : ''}
${Object.entries(responses)
  .map(([status, answer]) => `<h4>${escaped(status)}</h4>${printedMedia(answer)}`)
  .join('')}</details>`
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
pre{background:#f4f4f4;padding:.5rem;overflow:auto;margin:.2rem 0}td{vertical-align:top;padding-right:1rem}
details{border-bottom:1px solid #ddd;padding:.4rem 0}summary{cursor:pointer}h2{text-transform:capitalize}
@media (prefers-color-scheme:dark){body{background:#111;color:#ddd}pre{background:#222}a{color:#8bf}}`

/** The OpenAPI document as one page that needs no script and no other host. */
export function page(document: unknown): string {
  const { info, paths, components } = readable.parse(document)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, facts]) => ({
      tag: facts.tags?.[0] ?? '',
      html: section(path, method, facts),
    })),
  )
  const groups = [...Map.groupBy(operations, ({ tag }) => tag)]
  const schemas = Object.entries(components?.schemas ?? {})
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title><style>${style}</style>
<h1>${escaped(info.title)}</h1><p>${escaped(info.description ?? '')} <a href="openapi.json">OpenAPI document</a></p>
${groups.map(([tag, all]) => `<h2>${escaped(tag)}</h2>${all.map(({ html }) => html).join('')}`).join('')}
<h2>Schemas</h2>${schemas.map(([name, schema]) => `<h3 id="${escaped(name)}">${escaped(name)}</h3>${printed(schema)}`).join('')}
</html>`
}
