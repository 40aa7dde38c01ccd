import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptBundle } from '../../src/worker/keptBundle.ts'

let folder: string
let made: number
const make = async () => {
  made += 1
  return { code: `bundle ${made}` }
}
const files = () => readdirSync(folder)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obflow-bundle-'))
  made = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('workflows are bundled once, and found again at the next start', async () => {
  expect(await keptBundle(folder, make)).toEqual({ code: 'bundle 1' })
  expect(await keptBundle(folder, make)).toEqual({ code: 'bundle 1' })
  const [file = ''] = files()
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
})

test('a kept bundle that somebody changed is not run', async () => {
  await keptBundle(folder, make)
  const [file = ''] = files()
  writeFileSync(join(folder, file), 'something else')
  expect(await keptBundle(folder, make)).toEqual({ code: 'bundle 2' })
  expect(files()).toHaveLength(1)
})

test('a kept bundle that others may write is not run', async () => {
  await keptBundle(folder, make)
  const [file = ''] = files()
  chmodSync(join(folder, file), 0o666)
  expect(await keptBundle(folder, make)).toEqual({ code: 'bundle 2' })
})

test('a bundle of other workflows is not run, and goes', async () => {
  const old = `workflows-${'0'.repeat(32)}-${'1'.repeat(32)}.js`
  writeFileSync(join(folder, old), 'old', { mode: 0o600 })
  await keptBundle(folder, make)
  expect(files()).not.toContain(old)
})

test('a folder that cannot be used costs a bundling, and nothing else', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(await keptBundle(join(file, 'below'), make)).toEqual({ code: 'bundle 1' })
})
