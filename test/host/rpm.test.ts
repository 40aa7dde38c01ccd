import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ledger } from '../../src/host/ledger.ts'
import { Quoted, sh } from '../../src/quote.ts'

const functions = new Quoted(
  readFileSync(new URL('../../src/host/rpm.sh', import.meta.url), 'utf8'),
  '',
)
const nvra = 'thing-1-1.noarch'
const nobody = 65_534

let root: string
let state: string
let copy: string
let program: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-rpm-'))
  chmodSync(root, 0o755)
  state = join(root, 'state')
  copy = join(state, 'packages', `${nvra}.rpm`)
  program = join(root, 'home/bin/thing')
  for (const folder of ['path', 'home', 'home/bin', 'state', 'state/packages', 'state/7'])
    mkdirSync(join(root, folder))
  for (const path of ['home', 'home/bin']) chownSync(join(root, path), nobody, -1)
  writeFileSync(program, 'x')
  writeFileSync(copy, 'the package')
  writeFileSync(join(state, '7/made'), `rpm ${nvra}\n`)
  const files = [join(root, 'home/bin'), program].join('\\n')
  const rpm = `#!/bin/sh\ncase $1 in -q) echo ${nvra} ;; -ql) printf '${files}\\n' ;; -V) ;; *) exit 1 ;; esac\n`
  writeFileSync(join(root, 'path/rpm'), rpm, { mode: 0o755 })
})
afterEach(() => rmSync(root, { recursive: true }))

const run = (call: Quoted): string => {
  const script = sh`${ledger(7, state)}
nvra=${nvra} name=thing brings=${program} prefix=${join(root, 'home')} owner=nobody file=${copy} fixed= fills=()
${functions}
${call}`
  const env = { PATH: `${join(root, 'path')}:${process.env.PATH ?? ''}` }
  return execFileSync('bash', { input: script.text, env, encoding: 'utf8' }).trim()
}

describe('the copy of a package on a host goes', () => {
  it('when rpm was through and its script was killed before its files had their owner', () => {
    expect(run(sh`look`)).toBe(`unowned ${nvra}`)
    run(sh`own_files | give`)
    expect(statSync(program).uid).toBe(nobody)
    expect(run(sh`look`)).toBe(`installed ${nvra}`)
    expect(existsSync(copy)).toBe(false)
  })

  it('when only its removal was missed', () => {
    chownSync(program, nobody, -1)
    expect(run(sh`look`)).toBe(`installed ${nvra}`)
    expect(existsSync(copy)).toBe(false)
  })
})
