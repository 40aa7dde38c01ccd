import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { TransientError } from '../../src/errors/failure.ts'
import { handshake } from '../../src/host/handshake.ts'
import {
  createHostPool,
  type HostAccess,
  type HostKey,
  type HostPool,
} from '../../src/host/index.ts'
import { createAnswers } from '../../src/host/prompts.ts'
import { Secret, sh } from '../../src/quote.ts'
import { createTestHosts, failureOf } from './hosts.ts'
import { type SshdOptions, startSshd, type TestSshd } from './sshd.ts'

const pools: HostPool[] = []
const daemons: TestSshd[] = []
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await Promise.all(daemons.map((sshd) => sshd.stop()))
})

const start = async (options?: SshdOptions): Promise<TestSshd> => {
  const sshd = await startSshd(options)
  daemons.push(sshd)
  return sshd
}

let keys = 0
/** A host over a connection of its own, what it logs and the key it shows. */
const hostOf = (access: HostAccess, patienceMs = 60_000) => {
  const pool = createHostPool({ limits: { patienceMs } })
  pools.push(pool)
  const lines: string[] = []
  const seen: HostKey[] = []
  const session = {
    log: (_: string, line: string) => void lines.push(line),
    signal: new AbortController().signal,
    key: `login-${++keys}`,
  }
  return { host: pool.host(access, session, async (key) => void seen.push(key)), lines, seen }
}

const keyOf = async (access: HostAccess): Promise<HostKey> => {
  const { host, seen } = hostOf(access)
  await host.run(sh`true`)
  const [key] = seen
  if (!key) throw new Error('no key was seen')
  return key
}

test('an attempt that another began and that failed is made once more by who joined it', async () => {
  const sshd = await start()
  const held: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (held.length === 0) {
      held.push(socket)
      server.emit('held')
      return
    }
    const through = connect(sshd.access().sshPort, '127.0.0.1')
    socket.on('close', () => through.destroy())
    socket.pipe(through).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const hosts = createTestHosts()
  pools.push(hosts.pool)
  const access = sshd.access({ sshPort: port })
  const first = failureOf(hosts.host(access).run(sh`true`))
  await once(server, 'held')
  const joined = hosts.host(access).must(sh`echo in`)
  for (const socket of held) socket.destroy()
  expect(await first).toBeInstanceOf(TransientError)
  expect(await joined).toBe('in\n')
  await hosts.pool.close()
  server.close()
})

test('a host that shows further keys beside the pinned one is the same host', async () => {
  const sshd = await start({ keyType: 'rsa' })
  const { sha256, type } = await keyOf(sshd.access())
  expect(type).toBe('ssh-rsa')
  await sshd.addHostKey('ecdsa')
  await sshd.addHostKey('ed25519')
  const pinned = sshd.access({ hostKey: sha256, hostKeyType: type })
  expect(await hostOf(pinned).host.must(sh`echo in`)).toBe('in\n')

  const ofUnknownType = hostOf(sshd.access({ hostKey: sha256 }))
  expect(await ofUnknownType.host.must(sh`echo in`)).toBe('in\n')
  expect(ofUnknownType.seen).toEqual([{ sha256, type }])

  const other = sshd.access({ hostKey: `SHA256:${'a'.repeat(43)}` })
  expect(await failureOf(hostOf(other).host.run(sh`true`))).toMatchObject({
    kept: {
      code: 'CMP07015',
      message: expect.stringContaining('(ssh-ed25519) instead of SHA256:aaa'),
    },
  })
  await sshd.changeHostKey()
  expect(await failureOf(hostOf(pinned).host.run(sh`true`))).toMatchObject({
    kept: {
      code: 'CMP07015',
      message: expect.stringMatching(/another host key than before: .* \(ssh-rsa\) instead of /),
    },
  })
})

test('a slow login gets in and is waited for in sight; one beyond the patience says so and is tried again', async () => {
  const sshd = await start({ slowLogin: 3 })
  const patient = hostOf(sshd.access())
  const impatient = hostOf(sshd.access(), 2_000)
  const [said, error] = await Promise.all([
    patient.host.must(sh`echo in`),
    failureOf(impatient.host.run(sh`true`)),
  ])
  expect(said).toBe('in\n')
  expect(patient.lines[0]).toMatch(
    /^waiting for host 127.0.0.1:\d+ to let root log in, 5 s so far$/,
  )
  expect(error).toBeInstanceOf(TransientError)
  expect(String(error)).toMatch(
    /cannot connect to host 127.0.0.1:\d+: .*OBFLOW_HOST_PATIENCE.*gave up after 2 s/,
  )
})

test("a slow sudo costs a command none of its time, and a host's clock none of its truth", async () => {
  const sshd = await start()
  const { host, lines } = hostOf(sshd.login('operator'))
  const root = hostOf(sshd.access()).host
  await root.must(
    sh`printf 'sudo() { sleep 5.5; command sudo "$@"; }\n' >/run/home-operator/.bashrc`,
  )
  const [said, rounds] = await Promise.all([
    host.must(sh`echo in`, { timeoutMs: 3_000 }),
    hostOf(sshd.login('operator')).host.rounds(sh`date +%s%N`, 3, 'read the clock'),
  ])
  expect(said).toBe('in\n')
  expect(rounds.map(({ tookMs }) => tookMs < 3_000)).toEqual([true, true, true])
  expect(lines.filter((line) => line.startsWith('waiting'))[0]).toMatch(
    /^waiting for the login shell and sudo of host 127.0.0.1, 5 s so far$/,
  )
})

test('the password is given to a question for it, and not to those for a new one', async () => {
  const sshd = await start({ pam: true })
  expect(await hostOf(sshd.login('operator')).host.must(sh`echo in`)).toBe('in\n')
  const error = await failureOf(hostOf(sshd.login('expired')).host.run(sh`true`))
  expect(error).toMatchObject({
    kept: {
      code: 'CMP07015',
      message: expect.stringContaining('the password of expired on host 127.0.0.1 has expired'),
    },
  })
})

const access: HostAccess = {
  id: 1,
  ip: '10.0.0.1',
  sshPort: 22,
  username: 'admin',
  login: { type: 'PASSWORD', secret: new Secret('s3cret') },
}
const ask = (...prompts: string[]) =>
  createAnswers(access)(
    prompts.map((prompt) => ({ prompt, echo: false })),
    '',
  )

test('only a single question for the login password is answered', () => {
  for (const prompt of [
    'Password: ',
    '(admin@new-token.db) Password:',
    "admin@old's password: ",
    '密码：',
    'Passwort: ',
  ])
    expect(ask(prompt), prompt).toEqual(['s3cret'])
  const refused = [
    ['New password: '],
    ['(current) UNIX password: '],
    ['Verification code: '],
    ['One-time password: '],
  ]
  for (const prompts of [...refused, ['Password:', 'Verification code:'], ['PIN: ']])
    expect(() => ask(...prompts), prompts.join()).toThrow(/has expired|more than the password/)
  const answers = createAnswers(access)
  const password = [{ prompt: 'Password: ', echo: false }]
  expect(answers(password, '')).toEqual(['s3cret'])
  expect(() => answers(password, '')).toThrow('more than the password')
})

test('an error of a connection that was made just now does not end the process', async () => {
  const { client } = await handshake((await start()).access(), 60_000)
  const heard = client.listenerCount('error')
  client.end()
  expect(heard).toBeGreaterThan(0)
})
