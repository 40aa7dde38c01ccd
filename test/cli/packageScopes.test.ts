import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** What modules of drizzle-orm export to a program that begins with `before`. */
function namesOf(before: string): unknown {
  const program = `${before}
const names = {}
for (const name of ['drizzle-orm', 'drizzle-orm/pg-core', 'drizzle-orm/node-postgres'])
  names[name] = Object.keys(await import(name)).sort()
process.stdout.write(JSON.stringify(names))`
  const args = ['--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

test('drizzle-orm is the same when its modules are found the short way', () => {
  expect(namesOf("await import('./src/packageScopes.ts')")).toEqual(namesOf(''))
})
