import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { environmentOf } from '../../lab/grown/dockerfile.ts'
import { places } from '../../lab/hosts/machine.ts'

// Without these settings the memory of an API and a worker grows: docs/performance.md.
const { NODE_OPTIONS = '', MALLOC_ARENA_MAX = '' } = environmentOf('obflow')
const arenas = new RegExp(`\\bMALLOC_ARENA_MAX\\W+${MALLOC_ARENA_MAX}\\b`)

it.each(['Makefile', 'tools/bundle.ts', 'README.md', 'docs/configuration.md'])(
  '%s sets for memory what the image does',
  (file) => {
    expect(NODE_OPTIONS).toMatch(/^--max-semi-space-size=\d+$/)
    const text = readFileSync(join(places.repository, file), 'utf8')
    expect(text).toContain(NODE_OPTIONS)
    expect(text).toMatch(arenas)
  },
)
