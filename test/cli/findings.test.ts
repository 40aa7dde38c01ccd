import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { findingLines } from '../../src/cli/resources/rehearsal.ts'

test('findings lead to the guide of the API that made them, once for each code', () => {
  const of = (code: string, host: string) => ({
    ...{ code, host, level: 'FATAL' as const, message: 'is small', advice: 'Make it larger.' },
    guide: `/api/v2/docs/codes#${code.toLowerCase()}`,
  })
  const preCheck = [
    of('OBD-1007', '10.0.0.1'),
    of('OBD-1007', '10.0.0.2'),
    of('OBD-2000', '10.0.0.2'),
  ]
  expect(findingLines({ admission: [], preCheck }, 'http://10.0.0.9:8080')).toEqual([
    '✖ 10.0.0.1 OBD-1007 is small',
    '    Make it larger.',
    '    http://10.0.0.9:8080/api/v2/docs/codes#obd-1007',
    '✖ 10.0.0.2 OBD-1007 is small',
    '    Make it larger.',
    '✖ 10.0.0.2 OBD-2000 is small',
    '    Make it larger.',
    '    http://10.0.0.9:8080/api/v2/docs/codes#obd-2000',
  ])
})

test("what Node compiles is kept in the user's own home, and in no other's", async () => {
  const home = await mkdtemp(join(tmpdir(), 'obflow-home-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const program = resolve(import.meta.dirname, '../../bin/obflow.js')
  const start = (env = {}) =>
    promisify(execFile)(process.execPath, [program, '--version'], { env: { HOME: home, ...env } })
  await chown(home, 65534, 65534)
  await start()
  expect(await readdir(home)).toEqual([])
  await chown(home, process.geteuid?.() ?? 0, 0)
  await start()
  const kept = join(home, '.cache/obflow/compiled')
  expect((await stat(kept)).mode & 0o777).toBe(0o700)
  expect(await readdir(kept)).not.toEqual([])
  // Whoever owns a cache could put code there.
  const foreign = join(home, 'foreign')
  await mkdir(foreign)
  await chown(foreign, 65534, 65534)
  await start({ XDG_CACHE_HOME: foreign })
  expect(await readdir(foreign)).toEqual([])
})
