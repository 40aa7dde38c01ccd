import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { filesBelow } from './liveTrees.ts'

it('a walk leaves out what goes away beneath it, and nothing else', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'obflow-walk-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const names = Array.from({ length: 200 }, (_, at) => join(dir, String(at)))
  for (const name of names) writeFileSync(name, '', { mode: 0o600 })
  const walks = Array.from({ length: 20 }, () => filesBelow(dir))
  await Promise.all(names.slice(1).map((name) => rm(name)))
  await Promise.all(walks)
  expect((await filesBelow(dir)).map(({ path }) => path)).toEqual([dir, names[0]])
  await expect(filesBelow(join(names[0] ?? '', 'no folder'))).rejects.toThrow('ENOTDIR')
})
