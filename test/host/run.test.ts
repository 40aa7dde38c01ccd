import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DefiniteError, TransientError } from '../../src/errors/failure.ts'
import { Secret, sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

let sshd: TestSshd
const { pool, host, lines, session } = createTestHosts()

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

test('a value of any characters reaches a host as it is', async () => {
  const target = host(sshd.access())
  const words = fc.array(
    fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0') && word.isWellFormed()),
    { minLength: 1 },
  )
  await fc.assert(
    fc.asyncProperty(words, async (values) => {
      expect(await target.must(sh`printf '%s\n' ${values}`)).toBe(`${values.join('\n')}\n`)
    }),
    { numRuns: 100 },
  )
})

test('a script answers with its exit code, output and errors', async () => {
  expect(await host(sshd.access()).run(sh`echo out; echo err >&2; exit 7`)).toEqual({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('a script that must succeed fails for good with the end of its errors', async () => {
  const error = await failureOf(
    host(sshd.access()).must(sh`echo "no such disk" >&2; exit 2`, { title: 'format' }),
  )
  expect(error).toBeInstanceOf(DefiniteError)
  expect(error).toMatchObject({
    kept: { code: 'TSK10005', host: '127.0.0.1' },
    message: expect.stringContaining('no such disk'),
  })
})

test.each([129, 130, 137, 143])(
  'a script that a signal ended (exit code %i) is tried again, not failed for good',
  async (code) => {
    const error = await failureOf(
      host(sshd.access()).must(sh`echo half; exit ${code}`, { title: 'make directories' }),
    )
    expect(error).toBeInstanceOf(TransientError)
    expect(String(error)).toContain(
      `"make directories" on host 127.0.0.1 was ended from outside (exit code ${code})`,
    )
  },
)

test('of two attempts at one subtask by two workers the later one goes on, and neither fails for good', async () => {
  const others = createTestHosts()
  const first = failureOf(
    host(sshd.access(), { key: 'one-subtask' }).must(sh`echo begun >/run/begun; sleep 30`),
  )
  await host(sshd.access()).must(sh`until [ -e /run/begun ]; do sleep 0.05; done`)
  expect(await others.host(sshd.access(), { key: 'one-subtask' }).must(sh`echo done`)).toBe(
    'done\n',
  )
  expect(await first).toBeInstanceOf(TransientError)
  await others.pool.close()
})

test('a secret is in no log line, no error and no command line', async () => {
  const secret = new Secret('p4ss w0rd')
  const target = host(sshd.access())
  const { stdout } = await target.run(sh`cat /proc/[0-9]*/cmdline | tr '\\0' ' '; : ${secret}`)
  expect(stdout).toContain('sshd')
  expect(stdout).not.toContain('p4ss')
  const error = await failureOf(target.must(sh`echo ${secret} >&2; exit 1`))
  expect(String(error)).not.toContain('p4ss')
  expect(lines.join()).not.toContain('p4ss')
  expect(lines.join()).toContain('echo ***')
})

test('every run is logged with host, user, title, exit code and duration', async () => {
  await host(sshd.access()).run(sh`exit 3`, { title: 'look around' })
  expect(lines.at(-1)).toMatch(/^WARN 127\.0\.0\.1 \[root\] look around: exit code 3, \d+ ms$/)
})

test('long output keeps its head and its tail', async () => {
  const { stdout } = await host(sshd.access()).run(
    sh`echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last`,
  )
  expect(stdout.length).toBeLessThan(1024 * 1024 + 100)
  expect(stdout).toMatch(/^first\n/)
  expect(stdout).toMatch(/x\nlast\n$/)
  expect(stdout).toContain('bytes left out')
})

test('a script reads nothing from its own text', async () => {
  expect(await host(sshd.access()).must(sh`cat; echo still here`)).toBe('still here\n')
})

test('a script runs as another user, with sudo when the login is not root', async () => {
  expect(await host(sshd.access()).must(sh`id -un; echo $HOME`, { as: 'guest' })).toBe(
    'guest\n/run/home-guest\n',
  )
  expect(await host(sshd.login('operator')).must(sh`id -un`)).toBe('root\n')
  expect(await host(sshd.login('operator')).must(sh`id -un`, { as: 'guest' })).toBe('guest\n')
})

test('a login without sudo is told what to allow', async () => {
  const error = await failureOf(host(sshd.login('guest')).run(sh`true`))
  expect(error).toMatchObject({
    kept: { code: 'CRD08006', advice: expect.stringContaining('NOPASSWD') },
  })
})

test('a user who does not exist is named', async () => {
  const { code, stderr } = await host(sshd.access()).run(sh`true`, { as: 'nobody-here' })
  expect([code, stderr]).toEqual([126, 'user nobody-here does not exist\n'])
})

test('a process left in the background does not hold the answer back', async () => {
  const { stdout } = await host(sshd.access()).run(sh`sleep 300 & echo done`)
  expect(stdout).toBe('done\n')
})

test('30 runs at a time all succeed, though sshd allows 10 on a connection', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => host(sshd.access()).must(sh`echo ${index}`)),
  )
  expect(answers.map(Number)).toEqual(Array.from({ length: 30 }, (_, index) => index))
})

test('runs of one key never overlap', async () => {
  const target = host(sshd.access())
  const once = () => target.must(sh`mkdir /run/alone && sleep 0.05 && rmdir /run/alone`)
  await Promise.all([once(), once(), once()])
})

test('a refused password is definite, a port where nobody listens is not', async () => {
  expect(await failureOf(host(sshd.login('operator', 'wrong')).run(sh`true`))).toMatchObject({
    kept: { code: 'CMP07015' },
  })
  expect(await failureOf(host(sshd.access({ sshPort: 1 })).run(sh`true`))).toBeInstanceOf(
    TransientError,
  )
})

test('the key of a host without a pinned one is told, and another key is refused from then on', async () => {
  const told: string[] = []
  const first = pool.host(sshd.access(), session(), async ({ sha256 }) => void told.push(sha256))
  await first.run(sh`true`)
  await first.run(sh`true`)
  expect(told).toEqual([expect.stringMatching(/^SHA256:/)])
  await sshd.changeHostKey()
  const error = await failureOf(host(sshd.access({ hostKey: told.join() })).run(sh`true`))
  expect(error).toMatchObject({
    kept: { code: 'CMP07015', message: expect.stringContaining('another host key') },
  })
})

test('a key that was accepted is the right one from then on, and the one before is not, whatever connection is there', async () => {
  const seen = async () => {
    const told: string[] = []
    const pool = createTestHosts()
    await pool.pool
      .host(sshd.access(), session(), async ({ sha256 }) => void told.push(sha256))
      .run(sh`true`)
    await pool.pool.close()
    return told.join()
  }
  const before = sshd.access({ hostKey: await seen() })
  await host(before).run(sh`true`)
  await sshd.changeHostKey()
  await failureOf(host(before).run(sh`true`))
  const after = sshd.access({ hostKey: await seen() })
  expect(await host(after).must(sh`echo in`)).toBe('in\n')
  // Its sessions outlive the daemon that was restarted with another key: only a new handshake
  // tells.
  expect(await failureOf(host(before).run(sh`true`))).toMatchObject({
    kept: {
      code: 'CMP07015',
      advice: expect.stringContaining(
        `/compute/hosts/1/acceptHostKey {"hostKey":"${after.hostKey}"}`,
      ),
    },
  })
  expect(await host(after).must(sh`echo in`)).toBe('in\n')
})
