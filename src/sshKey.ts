import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import ssh2 from 'ssh2'
import { type Said, say } from './errors/say.ts'

/** A private key in a form that ssh2 reads, or why it can be none. */
export type ReadKey = { readonly key: string } | { readonly objection: Said }

const publicKey = /^\s*((ssh|ecdsa|sk)-\S+ AAAA|-+ ?BEGIN [A-Z0-9 ]*PUBLIC KEY)/
const encrypted = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/
const pkcs8 = /-----BEGIN PRIVATE KEY-----/

const field = (bytes: Buffer | string): Buffer => {
  const content = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

const asOpenSsh = (bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? []
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n')
}

/** An Ed25519 key has no PEM form of its own beside PKCS#8. Source: OpenSSH, PROTOCOL.key. */
const openSshEd25519 = ({ x = '', d = '' }: JsonWebKeyInput['key']): string => {
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const one = Buffer.from([0, 0, 0, 1])
  // Two equal numbers prove a right passphrase after decryption; this key has none.
  const secret = [
    Buffer.alloc(8),
    field('ssh-ed25519'),
    field(open),
    field(Buffer.concat([seed, open])),
    field(''),
  ]
  const length = secret.reduce((sum, { length }) => sum + length, 0)
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (length % 8)) % 8))
  const head = [Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), one]
  const blob = Buffer.concat([field('ssh-ed25519'), field(open)])
  return asOpenSsh(
    Buffer.concat([...head, field(blob), field(Buffer.concat([...secret, padding]))]),
  )
}

/** The form that ssh2 reads, of a key in the form that it does not. */
const fromPkcs8 = (text: string): string | undefined => {
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch {
    return undefined
  }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString()
    case 'ed25519':
      return openSshEd25519(key.export({ format: 'jwk' }))
    default:
      return undefined
  }
}

const garbage = say`not a private key in PEM, PKCS#8 or OpenSSH form`

const objectionTo = (text: string, said: string): Said => {
  if (encrypted.test(text) || /encrypted|passphrase/i.test(said))
    return say`the key has a passphrase, which nobody can enter here; ssh-keygen -p -N "" -f COPY takes it off a copy`
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) && !text.trim().includes('\n'))
    return say`the line breaks of the key are lost`
  return /^Unsupported/.test(said) && !/key format/.test(said)
    ? say`a key of a kind that is not supported: ${said}`
    : garbage
}

/** Reads a private key as an operator posts it: PEM, PKCS#8 or OpenSSH, without a passphrase. */
export function readPrivateKey(text: string): ReadKey {
  if (publicKey.test(text))
    return { objection: say`this is the public key; post the private one, the file without .pub` }
  const key = pkcs8.test(text) ? (fromPkcs8(text) ?? text) : text
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) return { objection: objectionTo(text, parsed.message) }
  const [first] = [parsed].flat()
  return first?.isPrivateKey() ? { key } : { objection: garbage }
}
