import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApi, type TestApi } from './server.ts'

const path = '/api/v2/profiles/me/credentials'
const directory = mkdtempSync(join(tmpdir(), 'obflow-keys-'))
let api: TestApi
beforeAll(async () => {
  api = await openApi()
  await api.reset()
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await api.close()
})

let made = 0
/** A key pair that ssh-keygen makes and, where told, writes in another form. */
const makePair = (type: string, ...form: string[]) => {
  made += 1
  const file = join(directory, String(made))
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
  if (form.length > 0) execFileSync('ssh-keygen', ['-q', '-p', '-P', '', ...form, '-f', file])
  return { secret: readFileSync(file, 'utf8'), open: readFileSync(`${file}.pub`, 'utf8') }
}

const openSsl = (...words: string[]): string =>
  execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

const post = (passphrase: string, type = 'PRIVATE_KEY') => {
  made += 1
  const sshCredentialProperty = { type, username: 'root', passphrase }
  return api.post(path, { targetType: 'HOST', name: `login ${made}`, sshCredentialProperty })
}

const newestId = async (): Promise<number> =>
  Math.max(
    ...(
      await api.store.credentials.list({ id: 100, all: true }, { page: 1, size: 100 })
    ).contents.map(({ id }) => id),
  )

/** The newest credential's key, as ssh2 reads it. */
const storedKey = async () => {
  const parsed = ssh2.utils.parseKey(
    (await api.store.secrets.get(`credential/${await newestId()}`)).reveal(),
  )
  const [key] = [parsed].flat()
  if (key === undefined || key instanceof Error) throw key ?? new Error('no key')
  return key
}

const pem = ['-m', 'PEM', '-N', '']
const pkcs8 = ['-m', 'PKCS8', '-N', '']

test.each([
  ['ed25519', []],
  ['ecdsa', []],
  ['ecdsa', pem],
  ['ecdsa', pkcs8],
  ['rsa', []],
  ['rsa', pem],
  ['rsa', pkcs8],
])('a key of type %s written with %j is taken, and read as the same key', async (type, form) => {
  const { secret, open } = makePair(type, ...form)
  for (const text of [secret, secret.replaceAll('\n', '\r\n'), secret.trim()]) {
    expect(await post(text)).toMatchObject({ status: 200 })
    expect((await storedKey()).getPublicSSH().toString('base64')).toBe(open.split(' ')[1])
  }
})

test('an Ed25519 key that OpenSSL wrote signs for its own public key', async () => {
  expect(await post(openSsl('genpkey', '-algorithm', 'ed25519'))).toMatchObject({ status: 200 })
  const key = await storedKey()
  expect(key.verify('text', key.sign('text'))).toBe(true)
})

test('what is no usable private key is refused when it is posted, with the reason and never with the key', async () => {
  const { secret, open } = makePair('ed25519')
  const locked = makePair('rsa', '-m', 'PEM', '-N', 'a passphrase').secret
  const refused: readonly (readonly [text: string, why: string])[] = [
    [open, 'this is the public key'],
    [
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
      'this is the public key',
    ],
    [makePair('ed25519', '-N', 'a passphrase').secret, 'the key has a passphrase'],
    [locked, 'the key has a passphrase'],
    [makePair('rsa', '-m', 'PKCS8', '-N', 'a passphrase').secret, 'the key has a passphrase'],
    [secret.replaceAll('\n', ' '), 'the line breaks of the key are lost'],
    [secret.slice(0, 200), 'not a private key'],
    ['my password', 'not a private key'],
  ]
  for (const [text, why] of refused) {
    const reply = await post(text)
    expect(reply, text).toMatchObject({
      status: 400,
      error: {
        code: 'COM10001',
        subErrors: [
          { field: 'sshCredentialProperty.passphrase', message: expect.stringContaining(why) },
        ],
      },
    })
    expect(reply.text).not.toContain(text.trim().split('\n').at(-2))
  }
})

test('a new secret for a login with a key has to be a key too', async () => {
  const { secret } = makePair('ed25519')
  await post(secret)
  const url = `${path}/${await newestId()}`
  expect(
    await api.call({
      method: 'PATCH',
      url,
      body: { sshCredentialProperty: { passphrase: 'a word' } },
    }),
  ).toMatchObject({
    status: 400,
    error: { code: 'COM10001' },
  })
  const body = { sshCredentialProperty: { type: 'PASSWORD', passphrase: 'a word' } }
  expect(await api.call({ method: 'PATCH', url, body })).toMatchObject({ status: 200 })
})
