import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { clone } from './clone.ts'

const own = resolve(import.meta.dirname, '../../.tools/bin/obflow')

it('a set-up of the copy leaves the command of this repository as it is', async () => {
  const before = await readFile(own, 'utf8')
  const { dir, remove } = await clone()
  onTestFinished(remove)
  execFileSync('bash', ['tools/setup.sh'], { cwd: dir })
  expect(await readFile(join(dir, '.tools/bin/obflow'), 'utf8')).toContain(dir)
  expect(await readFile(own, 'utf8')).toBe(before)
})
