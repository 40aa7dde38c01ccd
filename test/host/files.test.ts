import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { safeFiles } from '../../src/host/ledger.ts'
import { type Quoted, sh } from '../../src/quote.ts'

const user = { name: 'nobody', uid: 65_534 }

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-files-'))
  chmodSync(root, 0o755)
  for (const folder of ['bin', 'home', 'home/etc2', 'killed']) mkdirSync(join(root, folder))
  for (const folder of ['home', 'home/etc2', 'killed']) chownSync(join(root, folder), user.uid, -1)
  writeFileSync(join(root, 'home/etc2/file'), 'x')
  chownSync(join(root, 'home/etc2/file'), user.uid, -1)
})
afterEach(() => rmSync(root, { recursive: true }))

/** A command that is killed when it is called the first time, before or after its work. */
function killOnce(command: string, when: 'before' | 'after'): void {
  const done = join(root, 'killed', command)
  const real = execFileSync('bash', ['-c', `type -P ${command}`], { encoding: 'utf8' }).trim()
  const work = when === 'after' ? `${real} "$@"` : ':'
  const script = `#!/bin/sh\n[ -e ${done} ] || { : >${done}; ${work}; kill -KILL $$; }\nexec ${real} "$@"\n`
  writeFileSync(join(root, 'bin', command), script, { mode: 0o755 })
}

const run = (call: Quoted): void => {
  const script = sh`owner=${user.name} task=7\nset -e\n${safeFiles}\n${call}`
  const env = { PATH: `${join(root, 'bin')}:${process.env.PATH ?? ''}` }
  execFileSync('bash', { input: script.text, env, stdio: 'pipe' })
}

const remove = (path: string): void => run(sh`remove ${path}`)

describe('a directory of the OS user', () => {
  it.each([
    ['find', 'before'],
    ['find', 'after'],
    ['rm', 'before'],
    ['rm', 'after'],
    ['rmdir', 'before'],
    ['rmdir', 'after'],
  ] as const)('is removed although its %s was killed %s its work', (command, when) => {
    killOnce(command, when)
    remove(join(root, 'home/etc2'))
    expect(existsSync(join(root, 'killed', command))).toBe(true)
    expect(existsSync(join(root, 'home/etc2'))).toBe(false)
  })

  it.each(['find', 'rm'] as const)('is emptied although its %s was killed', (command) => {
    killOnce(command, 'before')
    run(sh`empty_directory ${join(root, 'home/etc2')}`)
    expect(readdirSync(join(root, 'home/etc2'))).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'that is empty is removed although its rmdir was killed %s its work',
    (when) => {
      rmSync(join(root, 'home/etc2/file'))
      killOnce('rmdir', when)
      run(sh`remove_bare ${join(root, 'home/etc2')}`)
      expect(existsSync(join(root, 'home/etc2'))).toBe(false)
    },
  )

  it('stays when something in it may not be removed', () => {
    mkdirSync(join(root, 'home/etc2/others'))
    writeFileSync(join(root, 'home/etc2/others/file'), 'x')
    expect(() => remove(join(root, 'home/etc2'))).toThrow()
    expect(existsSync(join(root, 'home/etc2/others/file'))).toBe(true)
  })
})
