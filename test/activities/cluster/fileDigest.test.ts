import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileDigest } from '../../../src/activities/cluster/fileDigest.ts'

let folder: string
let path: string
const { signal } = new AbortController()
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obflow-digest-'))
  path = join(folder, 'package.rpm')
  writeFileSync(path, 'as uploaded')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file that was damaged since it was read last is read again', async () => {
  expect(await fileDigest(path, signal)).toBe(digestOf('as uploaded'))
  expect(await fileDigest(path, signal)).toBe(digestOf('as uploaded'))
  writeFileSync(path, 'as DAMAGED ')
  expect(await fileDigest(path, signal)).toBe(digestOf('as DAMAGED '))
})

test('another file with the same times in its place is read', async () => {
  const time = new Date(2026, 0, 1)
  utimesSync(path, time, time)
  await fileDigest(path, signal)
  const other = join(folder, 'other')
  writeFileSync(other, 'an otherone')
  utimesSync(other, time, time)
  renameSync(other, path)
  expect(await fileDigest(path, signal)).toBe(digestOf('an otherone'))
})

test('a file that is not there is told', async () => {
  await expect(fileDigest(join(folder, 'gone'), signal)).rejects.toThrow('ENOENT')
})
