import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { codes } from '../../src/errors/codes.ts'
import { filled, madePages, obdCodes } from '../../tools/docPages.ts'

const repository = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(resolve(repository, path), 'utf8')
const pages = globSync('{*.md,{docs,src,test,lab,console,tools,deploy,bench}/*.md}', {
  cwd: repository,
}).sort()

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
const withoutCode = (page: string): string =>
  page.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')
const anchors = (path: string): Set<string> =>
  new Set([...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading)))

/** Links of a page that lead nowhere. */
function broken(path: string, page: string): string[] {
  const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [file = '', hash] = target.split('#')
    const found = file === '' ? path : resolve(repository, dirname(path), file)
    if (!existsSync(resolve(repository, found))) return true
    return hash !== undefined && found.endsWith('.md') && !anchors(found).has(hash)
  })
}

describe('the pages', () => {
  test.each(pages)('%s leads to files and headings that exist', (path) => {
    expect(broken(path, read(path))).toEqual([])
  })

  test('are found out when a link leads nowhere', () => {
    const page = '[a](#obflow) [b](#b) [c](docs/none.md) [d](README.md#none) [e](https://x.y/#z)'
    expect(broken('README.md', page)).toEqual(['#b', 'docs/none.md', 'README.md#none'])
  })

  test.each([...madePages()])('%s is as `node tools/docs.ts` writes it', (path, text) => {
    expect(read(path)).toBe(text)
  })

  test('are only made where there is a place for it', () => {
    expect(filled('<!-- a: by x -->\nold\n<!-- /a -->', 'a', 'new')).toBe(
      '<!-- a: by x -->\n\nnew\n\n<!-- /a -->'.replace('new\n\n', 'new\n'),
    )
    expect(() => filled('', 'a', 'new')).toThrow('no place for a')
  })
})

describe("the operator's guide", () => {
  const guide = read('docs/operators.md')
  const sections = new Map(
    guide
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.split('\n', 1).join(''), text]),
  )

  test('has a section for each code, and for nothing else', () => {
    expect([...sections.keys()].sort()).toEqual([...Object.keys(codes), ...obdCodes].sort())
  })

  test.each([...sections])('%s has a cause, a cure and an example', (_, text) => {
    for (const part of ['Cause', 'Cure', 'Example'])
      expect(text).toMatch(new RegExp(`^\\*\\*${part}:\\*\\* \\S`, 'm'))
  })
})

test('every setting has words', () => {
  for (const [name, { description = '' }] of Object.entries(environment.shape))
    expect(description, name).toMatch(/\.$/)
})
