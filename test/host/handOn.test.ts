import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConnection } from '../../src/host/connection.ts'
import { startGiver } from '../../src/host/give.ts'
import { createHostPool, type HostAccess, type Upload } from '../../src/host/index.ts'
import { createLimit } from '../../src/host/limit.ts'
import { type Quoted, sh } from '../../src/quote.ts'
import { startSshd, type TestSshd } from './sshd.ts'

const count = 4
let sshds: TestSshd[]

beforeAll(async () => {
  sshds = await Promise.all(Array.from({ length: count }, () => startSshd()))
})
afterAll(() => Promise.all(sshds.map((sshd) => sshd.stop())))

const accesses = (): HostAccess[] => sshds.map((sshd, index) => sshd.access({ id: index + 1 }))

/** A pool that sends to one host at a time, and what its subtasks said. */
function oneAtATime(limits: { readonly handsOn?: boolean } = {}) {
  const lines: string[] = []
  const pool = createHostPool({ limits: { uploads: 1, ...limits } })
  let keys = 0
  const host = (access: HostAccess) => {
    keys += 1
    return pool.host(access, {
      log: (level, message) => lines.push(`${level} ${message}`),
      signal: new AbortController().signal,
      key: `hand-on-${keys}`,
    })
  }
  const counted = (word: string): number => lines.filter((line) => line.includes(word)).length
  return { host, pool, sent: () => counted('] upload '), fetched: () => counted('] fetch ') }
}

function file(name: string): Upload {
  const content = randomBytes(8_000_000)
  const from = join(sshds[0]?.directory ?? '', 'files', name)
  writeFileSync(from, content)
  return {
    from,
    to: `/run/packages/it's ${name}`,
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.length,
  }
}

/** To all at the same time, for each is connected. */
async function bringToAll(hosts: ReturnType<typeof oneAtATime>, upload: Upload): Promise<void> {
  await Promise.all(accesses().map((access) => hosts.host(access).must(sh`true`)))
  await Promise.all(
    accesses().map(async (access) => {
      const output = await hosts.host(access).upload({
        ...upload,
        there: false,
        afterwards: { script: sh`echo "it is here"`, title: 'look', timeoutMs: 10_000 },
      })
      expect(output.stdout).toBe('it is here\n')
    }),
  )
  // Not before all have it: one that has it gives it.
  await Promise.all(
    accesses().map(async (access) => {
      const digest = await hosts
        .host(access)
        .must(sh`sha256sum < ${upload.to}; rm -r /run/packages`)
      expect(digest.slice(0, 64)).toBe(upload.sha256)
    }),
  )
}

const onAll = async (script: Quoted): Promise<void> => {
  const hosts = oneAtATime()
  await Promise.all(accesses().map((access) => hosts.host(access).must(script)))
  await hosts.pool.close()
}

/** Puts a script in the place of a program of all hosts while `work` goes on. */
async function instead(program: string, by: string, work: () => Promise<void>): Promise<void> {
  await onAll(
    sh`printf '%s' ${by} >/run/instead; chmod 755 /run/instead; mount --bind /run/instead ${program}`,
  )
  try {
    await work()
  } finally {
    await onAll(sh`umount ${program}`)
  }
}

test('hosts that wait for a file take it from one that has it, and none gives it any longer', async () => {
  const hosts = oneAtATime()
  await bringToAll(hosts, file('wide.rpm'))
  await hosts.pool.close()
  expect({ sent: hosts.sent(), fetched: hosts.fetched() }).toEqual({ sent: 1, fetched: count - 1 })
  await onAll(sh`! pgrep -u nobody`)
})

test('with OBFLOW_HAND_ON=off each is sent the file, and none opens a port', async () => {
  const hosts = oneAtATime({ handsOn: false })
  await bringToAll(hosts, file('alone.rpm'))
  await hosts.pool.close()
  expect({ sent: hosts.sent(), fetched: hosts.fetched() }).toEqual({ sent: count, fetched: 0 })
})

test('hosts that do not reach each other are sent the file', async () => {
  const hosts = oneAtATime()
  await instead('/usr/bin/timeout', '#!/bin/sh\nexit 124\n', () =>
    bringToAll(hosts, file('apart.rpm')),
  )
  await hosts.pool.close()
  expect(hosts.sent()).toBe(count)
})

test('hosts without Python are sent the file', async () => {
  const hosts = oneAtATime()
  await instead('/usr/bin/python3', '#!/bin/sh\nexit 1\n', () =>
    bringToAll(hosts, file('bare.rpm')),
  )
  await hosts.pool.close()
  expect({ sent: hosts.sent(), fetched: hosts.fetched() }).toEqual({ sent: count, fetched: 0 })
})

test('what another host gives instead of the file is not taken', async () => {
  let asked = 0
  const liar = createServer((socket) => {
    asked += 1
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(randomBytes(8_000_000)))
  })
  liar.listen(0, '127.0.0.1')
  await once(liar, 'listening')
  const { port } = liar.address() as AddressInfo
  const hosts = oneAtATime()
  await instead('/usr/bin/python3', `#!/bin/sh\necho port ${port}\ncat >/dev/null\n`, () =>
    bringToAll(hosts, file('other.rpm')),
  )
  await hosts.pool.close()
  liar.close()
  expect(asked).toBeGreaterThan(0)
  expect(hosts.sent()).toBe(count)
})

test('a giver gives once for each token, to nobody else, and is nobody on its host', async () => {
  const access = accesses()[0] ?? expect.fail('no host')
  const hosts = oneAtATime()
  await hosts.host(access).must(sh`echo content >/run/given`)
  const connection = createConnection({
    access,
    channels: 8,
    connects: createLimit(1),
    open: createLimit(1),
    idleMs: 1000,
    patienceMs: 10_000,
    log: () => undefined,
  })
  const session = { log: () => undefined, signal: new AbortController().signal, key: 'given' }
  const place = { access, session, connection, patienceMs: 10_000 }
  const giver = (await startGiver(place, '/run/given')) ?? expect.fail('nothing is given')
  const answerTo = async (words: string): Promise<string> => {
    const socket = connect(giver.port, giver.ip)
    socket.write(`${words}\n`)
    return text(socket)
  }
  const token = giver.tokens.pop()?.reveal() ?? ''
  expect(await answerTo('GET / HTTP/1.1')).toBe('')
  expect(await answerTo(token)).toBe('content\n')
  expect(await answerTo(token)).toBe('')
  const who = sh`pgrep -u nobody -f -c /run/given`
  expect(await hosts.host(access).must(who)).toBe('1\n')
  giver.end()
  await giver.ended
  expect((await hosts.host(access).run(who)).stdout).toBe('0\n')
  await connection.close()
  await hosts.pool.close()
})
