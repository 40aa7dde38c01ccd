import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../..')
/** What a target would do. */
const plan = (target: string): string =>
  execFileSync('make', ['--dry-run', target], { cwd: repository, encoding: 'utf8' })

test.each(['setup', 'serve', 'console', 'check', 'fuzz'])(
  '`make %s` brings nothing that only test hosts need',
  (target) => {
    expect(plan(target)).toContain('bash tools/setup.sh\n')
    expect(plan(target)).not.toContain('setup.sh lab')
  },
)

test.each(['lab', 'demo', 'unit', 'test', 'metrics'])('`make %s` brings test hosts', (target) => {
  expect(plan(target)).toContain('bash tools/setup.sh lab\n')
})
