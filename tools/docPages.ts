import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { environment } from '../src/environment.ts'
import { codes } from '../src/errors/codes.ts'
import { fileSettings } from '../src/settingFiles.ts'

const repository = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(resolve(repository, path), 'utf8')

/** Replaces what stands between `<!-- name: … -->` and `<!-- /name -->`. */
export function filled(page: string, name: string, text: string): string {
  const between = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!between.test(page)) throw new Error(`no place for ${name}`)
  return page.replace(between, (_, open: string, close: string) => `${open}\n${text}\n${close}`)
}

/** Obd's codes that the sources name: they have no text of their own in the catalogue. */
export const obdCodes: readonly string[] = [
  ...new Set(
    globSync('src/**/*.ts', { cwd: repository })
      .filter((path) => !path.startsWith('src/errors') && !path.startsWith('src/api/openapi'))
      .flatMap((path) => read(path).match(/(?<=')OBD-\d+(?=')/g) ?? []),
  ),
].sort()

/** A heading's anchor, as GitHub makes it. */
export const anchorOf = (heading: string): string => heading.toLowerCase()

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function codeIndex(): string {
  const rows = Object.entries(codes).map(
    ([code, { int, http, en }]) =>
      `| [${code}](#${anchorOf(code)}) | ${int} | ${http} | ${cell(en)} |`,
  )
  const obd = obdCodes.map((code) => `[${code}](#${anchorOf(code)})`).join(', ')
  return `| code | as a number | HTTP | says |
| --- | --- | --- | --- |
${rows.join('\n')}

Of obd: ${obd}.`
}

const shownDefault = (schema: z.ZodType): string => {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return ''
  const value = String(schema.def.defaultValue)
  return value === '' ? '' : `\`${value}\``
}

export function settingTable(): string {
  const files = new Set<string>(fileSettings)
  const rows = Object.entries(environment.shape).map(([name, schema]) => {
    const file = files.has(name) ? ` Or \`${name}_FILE\`, a file that holds it.` : ''
    return `| \`${name}\` | ${shownDefault(schema)} | ${cell(schema.description ?? '')}${file} |`
  })
  return `| setting | default | |
| --- | --- | --- |
${rows.join('\n')}`
}

/** Pages of which a part is made of the sources, as they should be. */
export const madePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/operators.md', filled(read('docs/operators.md'), 'codes', codeIndex())],
    ['docs/configuration.md', filled(read('docs/configuration.md'), 'settings', settingTable())],
  ])
