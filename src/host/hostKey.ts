import { createHash } from 'node:crypto'
import type { HostAccess } from './host.ts'

/** A host's public key, as it is pinned. */
export interface HostKey {
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly sha256: string
  /** The name its blob begins with, e.g. `ssh-ed25519` or `ssh-rsa`. */
  readonly type: string
}

/**
 * Reads a key blob: its first field, with its length before it, is its type. Source: RFC 4253
 * section 6.6.
 */
export const readHostKey = (blob: Buffer): HostKey => ({
  sha256: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'),
})

const bare = (sha256: string): string => sha256.replace(/^SHA256:/, '').replace(/=+$/, '')

/**
 * Whether a host that shows this key is the one that is meant; any is, when none was seen before.
 */
export const isKnownBy = ({ hostKey: pinned }: HostAccess, seen: HostKey): boolean =>
  pinned === undefined || bare(pinned) === bare(seen.sha256)

/** The signature algorithms of each key type; an RSA key has three. Source: RFC 8332. */
const families = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
] as const

type Algorithm = (typeof families)[number][number]

const familyOf = (type: string): readonly Algorithm[] =>
  families.find((family) => family.some((algorithm) => algorithm === type)) ?? []

/**
 * All algorithms, those of this key type first: a host with several keys then shows the one it is
 * known by.
 */
export const offeredFirst = (type: string | undefined): Algorithm[] => {
  const first = type === undefined ? [] : familyOf(type)
  return [...first, ...families.flat().filter((algorithm) => !first.includes(algorithm))]
}

/**
 * The algorithms of each other key type, for a host that is known by a key of a type nobody noted.
 */
export const otherFamilies = (type: string): Algorithm[][] =>
  families.filter((family) => !familyOf(type).includes(family[0])).map((family) => [...family])
