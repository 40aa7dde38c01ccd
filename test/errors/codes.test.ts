import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { codeIn, codes } from '../../src/errors/codes.ts'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

describe('the catalogue of codes', () => {
  test('has every code that the sources name', () => {
    const named = new Set(
      globSync('**/*.ts', { cwd: src }).flatMap((file) =>
        [...readFileSync(`${src}${file}`, 'utf8').matchAll(/'([A-Z]{3}\d{5})'/g)].map(
          ([, code = '']) => code,
        ),
      ),
    )
    expect([...named].filter((code) => !Object.hasOwn(codes, code))).toEqual([])
  })

  test.each(Object.entries(codes))(
    '%s takes the same arguments in both languages',
    (_, { en, zh }) => {
      const placeholders = (text: string) => [...text.matchAll(/\{\d\}/g)].map(String).sort()
      expect(placeholders(zh)).toEqual(placeholders(en))
      expect(zh).toMatch(/\p{Script=Han}/u)
    },
  )

  test('gives each number once', () => {
    const numbers = Object.values(codes).map(({ int }) => int)
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
  })

  test('prints a code as a word or as a number, also one that is not its own', () => {
    expect(codeIn('string', 'OBE11014')).toBe('OBE11014')
    expect(codeIn('int', 'OBE11014')).toBe(11014)
    expect(codeIn('int', 'OBD-1007')).toBe(1007)
  })
})
