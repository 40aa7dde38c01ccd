import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const top = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(top, file), 'utf8')

/** Of docs/real-oceanbase.md, what an older product did: the fault, and the test that holds it. */
const lines = read('docs/real-oceanbase.md')
  .split('\n')
  .flatMap((line) => {
    const cells = /^\| ([BM]\d+) \| [^|]+ \| (test\/\S+\.ts) "([^"]+)" \| [^|]+ \|$/.exec(line)
    const [, fault = '', file = '', title = ''] = cells ?? []
    return cells ? [{ fault, file, title }] : []
  })

it('each fault that was found in an older product is held by a test that is there, and shown by one', () => {
  const numbers = (letter: string, last: number) =>
    Array.from({ length: last }, (_, index) => `${letter}${index + 1}`)
  // M7 was none: it was withdrawn when it was read again.
  const faults = [...numbers('B', 5), ...numbers('M', 12)].filter((fault) => fault !== 'M7')
  expect(lines.map(({ fault }) => fault)).toEqual(faults)
  const absent = lines.filter(({ file, title }) => !read(file).includes(title))
  expect(absent.map(({ fault, title }) => `${fault}: ${title}`)).toEqual([])
  const shown = read('test/former/faults.test.ts')
  expect(faults.filter((fault) => !new RegExp(`it\\('[^']*\\b${fault}\\b`).test(shown))).toEqual([])
})
