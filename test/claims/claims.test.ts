import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { claimsInSource } from './inSource.ts'

const top = resolve(import.meta.dirname, '../..')

interface Line {
  readonly claim: string
  readonly source: string
  readonly test: string
}

/** The lines of the table of docs/real-oceanbase.md. */
const lines = readFileSync(join(top, 'docs/real-oceanbase.md'), 'utf8')
  .split('\n')
  .flatMap((line): Line[] => {
    const cells = /^\| `([^`]+)` \| [^|]+ \| ([^|]*) \| ([^|]*) \|$/.exec(line)
    if (!cells) return []
    const [, claim = '', source = '', test = ''] = cells
    return [{ claim, source: source.trim(), test: test.trim() }]
  })
const claimed = claimsInSource()

describe('what the product takes to be true of OceanBase', () => {
  it('is found in its source: statements, refusals, flags and paths', () => {
    const kinds = Map.groupBy(claimed, ({ kind }) => kind)
    expect([...kinds.keys()].sort()).toEqual(['flag', 'number', 'path', 'statement'])
    expect(claimed.length).toBeGreaterThan(60)
  })

  it('has a line with a source for each claim', () => {
    const listed = new Set(lines.map(({ claim }) => claim))
    const missing = claimed.filter(({ text }) => !listed.has(text))
    expect(missing.map(({ kind, text, file }) => `${file}: ${kind} ${text}`)).toEqual([])
    expect(lines.filter(({ source }) => source.length < 8).map(({ claim }) => claim)).toEqual([])
  })

  it('is all there is in the table, each once', () => {
    const texts = new Set(claimed.map(({ text }) => text))
    expect(lines.map(({ claim }) => claim).filter((claim) => !texts.has(claim))).toEqual([])
    expect(new Set(lines.map(({ claim }) => claim)).size).toBe(lines.length)
  })

  it('is held by a test that is there', () => {
    const absent = lines.filter(
      ({ test }) => !/\.test\.ts$/.test(test) || !existsSync(join(top, test)),
    )
    expect(absent.map(({ claim, test }) => `${claim}: ${test}`)).toEqual([])
  })
})
