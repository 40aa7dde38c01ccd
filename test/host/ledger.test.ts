import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ledger } from '../../src/host/ledger.ts'
import { sh } from '../../src/quote.ts'

let root: string
let made: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'obflow-ledger-'))
  mkdirSync(join(root, 'state/7'), { recursive: true })
  made = join(root, 'state/7/made')
})
afterEach(() => rmSync(root, { recursive: true }))

const opened = (): void => {
  execFileSync('bash', { input: sh`${ledger(7, join(root, 'state'))}`.text, stdio: 'pipe' })
}

it('a ledger of which all is done with goes, although the script that was to close it was killed', () => {
  writeFileSync(made, '#pm thing-1-1.noarch\n#arent /data/1\n')
  opened()
  expect(existsSync(join(root, 'state'))).toBe(false)
})

it('a ledger with a line that is due stays', () => {
  const text = '#pm thing-1-1.noarch\nparent /data/1\n'
  writeFileSync(made, text)
  opened()
  expect(readFileSync(made, 'utf8')).toBe(text)
})
