import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHostPool, type HostPool, type Limits } from '../../src/host/index.ts'
import { sh } from '../../src/quote.ts'
import { startSshd, type TestSshd } from './sshd.ts'

let sshd: TestSshd
const pools: HostPool[] = []

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await sshd.stop()
})

/** A pool with these limits, and what it says. Each login is a connection of its own. */
const poolWith = (limits: Partial<Limits>) => {
  const said: string[] = []
  const closed = Promise.withResolvers<void>()
  const pool = createHostPool({
    limits,
    log: (_, line) => {
      said.push(line)
      if (line.endsWith('closed')) closed.resolve()
    },
  })
  pools.push(pool)
  let keys = 0
  const host = (access = sshd.access()) =>
    pool.host(access, {
      log: () => undefined,
      signal: new AbortController().signal,
      key: `limits-${++keys}`,
    })
  return { host, said, closed: closed.promise }
}

test('a connection that nobody uses is closed, and made again by the next who needs it', async () => {
  const { host, said, closed } = poolWith({ idleMs: 50 })
  await host().must(sh`true`)
  await closed
  await host().must(sh`true`)
  expect(said.filter((line) => line.startsWith('connected'))).toHaveLength(2)
})

test('a connection that is used stays, however long that takes', async () => {
  const { host, said } = poolWith({ idleMs: 50 })
  await host().must(sh`sleep 0.3`)
  expect(said.filter((line) => line.endsWith('closed'))).toEqual([])
})

test('with all connections taken another host waits until one is not used any more', async () => {
  const { host, said } = poolWith({ connections: 1, idleMs: 60_000 })
  const [one, other] = [host(sshd.login('operator')), host()]
  await Promise.all([one.must(sh`sleep 0.2`), other.must(sh`true`)])
  expect(said.map((line) => line.replace(/ (to|host key) .*/, ''))).toEqual([
    'connected',
    'connection',
    'connected',
  ])
})

test('only so many heavy commands run at a time', async () => {
  const { host } = poolWith({ heavy: 2 })
  const script = sh`mkdir /run/heavy.$$; ls -d /run/heavy.* | wc -l; sleep 0.1; rmdir /run/heavy.$$`
  const counts = await Promise.all(
    Array.from({ length: 6 }, () => host().must(script, { heavy: true })),
  )
  expect(Math.max(...counts.map(Number))).toBe(2)
})

test('a host that allows fewer sessions than are asked for does all of them, one after the other', async () => {
  const narrow = await startSshd({ maxSessions: 2 })
  try {
    const { host, said } = poolWith({})
    const runs = Array.from({ length: 12 }, (_, index) =>
      host(narrow.access()).must(sh`sleep 0.1; echo ${index}`),
    )
    expect((await Promise.all(runs)).map(Number)).toEqual(runs.map((_, index) => index))
    expect(said.filter((line) => line.startsWith('connected'))).toHaveLength(1)
  } finally {
    await narrow.stop()
  }
})
