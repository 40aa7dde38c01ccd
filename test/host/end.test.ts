import { afterAll, beforeAll, expect, test } from 'vitest'
import { TransientError } from '../../src/errors/failure.ts'
import type { Host } from '../../src/host/index.ts'
import { type Quoted, sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { startSshd, type TestSshd } from './sshd.ts'

let sshd: TestSshd
const { pool, host } = createTestHosts()

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(async () => {
  await pool.close()
  await sshd.stop()
})

/** Starts a script that announces itself in a file, and waits until it has. */
const begun = async (
  target: Host,
  name: string,
  script: Quoted,
  as = 'root',
): Promise<{ failure: Promise<unknown> }> => {
  const failure = failureOf(target.run(sh`touch ${`/run/${name}`}; ${script}`, { as }))
  await host(sshd.access()).must(sh`until [ -e ${`/run/${name}`} ]; do sleep 0.01; done`)
  return { failure }
}

/** Processes with this number of seconds to sleep: how a test knows its own. */
const sleepers = async (seconds: number): Promise<number> => {
  const { stdout } = await host(sshd.access()).run(sh`pgrep -cfx ${`sleep ${seconds}`}`)
  return Number(stdout)
}

test('an abort ends the whole remote tree before it is reported', async () => {
  const abort = new AbortController()
  const running = await begun(
    host(sshd.access(), { signal: abort.signal }),
    'tree',
    sh`(sleep 1001 & sleep 1001); sleep 1001`,
  )
  expect(await sleepers(1001)).toBe(2)
  abort.abort(new Error('cancelled'))
  expect(await running.failure).toMatchObject({ message: 'cancelled' })
  expect(await sleepers(1001)).toBe(0)
})

test('a script that ignores TERM is killed', async () => {
  const abort = new AbortController()
  const script = sh`trap '' TERM; while :; do sleep 1002; done`
  const running = await begun(host(sshd.access(), { signal: abort.signal }), 'stubborn', script)
  abort.abort(new Error('cancelled'))
  expect(await running.failure).toMatchObject({ message: 'cancelled' })
  expect(await sleepers(1002)).toBe(0)
})

test("another user's script is ended as well", async () => {
  await host(sshd.access()).must(sh`chmod 1777 /run`)
  const abort = new AbortController()
  const running = await begun(
    host(sshd.login('operator'), { signal: abort.signal }),
    'guest',
    sh`sleep 1003`,
    'guest',
  )
  expect(await sleepers(1003)).toBe(1)
  abort.abort(new Error('cancelled'))
  expect(await running.failure).toMatchObject({ message: 'cancelled' })
  expect(await sleepers(1003)).toBe(0)
})

test('a run whose time is up is ended and may be tried again', async () => {
  const error = await failureOf(host(sshd.access()).run(sh`sleep 1004`, { timeoutMs: 300 }))
  expect(error).toBeInstanceOf(TransientError)
  expect(String(error)).toContain('took longer than 0.3 s')
  expect(await sleepers(1004)).toBe(0)
})

test('after a cut connection the next run of the same key ends what the first one left', async () => {
  const running = await begun(host(sshd.access(), { key: 'same' }), 'cut', sh`sleep 1005`)
  const other = await begun(host(sshd.access(), { key: 'other' }), 'cut-other', sh`sleep 1006`)
  sshd.cut()
  expect(await running.failure).toBeInstanceOf(TransientError)
  expect(await other.failure).toBeInstanceOf(TransientError)
  expect(await sleepers(1005)).toBe(1)
  await host(sshd.access(), { key: 'same' }).must(sh`true`)
  expect(await sleepers(1005)).toBe(0)
  expect(await sleepers(1006)).toBe(1)
})

test('a killed script takes with it what it started', async () => {
  const running = failureOf(
    host(sshd.access(), { key: 'killed' }).run(sh`sleep 1007 & touch /run/killed; wait`),
  )
  await host(sshd.access()).must(
    sh`until [ -e /run/killed ]; do sleep 0.01; done; read -r leader rest < /run/obflow/killed/*; kill -KILL "$leader"`,
  )
  expect(String(await running)).toContain('was ended from outside (exit code 137)')
  expect(await sleepers(1007)).toBe(0)
})

test('what is left without anyone who watches it is found by the next run', async () => {
  const running = await begun(
    host(sshd.access(), { key: 'orphans' }),
    'orphans',
    sh`sleep 1008 & sleep 1008`,
  )
  await host(sshd.access()).must(
    sh`read -r leader rest < /run/obflow/orphans/*; kill -KILL "$(ps -o ppid= "$leader")" "$leader"`,
  )
  expect(await running.failure).toBeInstanceOf(TransientError)
  expect(await sleepers(1008)).toBe(2)
  await host(sshd.access(), { key: 'orphans' }).must(sh`true`)
  expect(await sleepers(1008)).toBe(0)
})

test('what has left the session of its run is ended with it; a daemon without the mark stays', async () => {
  const abort = new AbortController()
  const target = host(sshd.access(), { signal: abort.signal })
  const running = await begun(
    target,
    'strays',
    sh`env -u OBFLOW_RUN setsid sleep 1011 & setsid --fork sleep 1010; sleep 1010`,
  )
  await host(sshd.access()).must(
    sh`until [ "$(pgrep -cfx 'sleep 101[01]')" = 3 ]; do sleep 0.01; done`,
  )
  abort.abort(new Error('cancelled'))
  expect(await running.failure).toMatchObject({ message: 'cancelled' })
  expect(await sleepers(1010)).toBe(0)
  expect(await sleepers(1011)).toBe(1)
})

test('a stranger who was given the number of an earlier run is not touched', async () => {
  await host(sshd.access()).must(sh`mkdir -p /run/obflow/stranger
setsid sleep 1009 </dev/null >/dev/null 2>&1 &
echo "$! 1 cafe" > /run/obflow/stranger/cafe`)
  await host(sshd.access(), { key: 'stranger' }).must(sh`true`)
  expect(await sleepers(1009)).toBe(1)
})

test('a run leaves no mark behind', async () => {
  await host(sshd.access(), { key: 'tidy' }).must(sh`[ -d /run/obflow/tidy ]`)
  await host(sshd.access()).must(sh`[ ! -e /run/obflow/tidy ]`)
})
