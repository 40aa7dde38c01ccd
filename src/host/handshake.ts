import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2'
import { DefiniteError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import { cipher } from './ciphers.ts'
import type { HostAccess } from './host.ts'
import { type HostKey, isKnownBy, offeredFirst, otherFamilies, readHostKey } from './hostKey.ts'
import { createAnswers, expiredPassword } from './prompts.ts'
import { explainFailure } from './sshFailure.ts'

export interface Link {
  readonly client: ssh2.Client
  /** What the host proved to be. */
  readonly hostKey: HostKey
}

/** A host that is up answers a connection at once; only its login may take long. */
const maxConnectMs = 15_000
/** Three silent times five seconds: how long a dead host goes unnoticed. */
const keepalive = { keepaliveInterval: 5_000, keepaliveCountMax: 3 } as const

/** The host showed another key than the one it is known by. */
class OtherKey extends DefiniteError {
  readonly seen: HostKey
  constructor({ id, ip, hostKey: pinned, hostKeyType }: HostAccess, seen: HostKey) {
    const before = `${pinned}${hostKeyType === undefined ? '' : ` (${hostKeyType})`}`
    super({
      code: 'CMP07015',
      message: say`host ${ip} shows another host key than before: ${seen.sha256} (${seen.type}) instead of ${before}`,
      advice: say`find out who answers at that address; if the host has a new key, as one that was installed anew has, accept it: POST /api/v2/compute/hosts/${id}/acceptHostKey {"hostKey":"${seen.sha256}"}`,
      host: ip,
    })
    this.seen = seen
  }
}

const loginOf = ({ login, username }: HostAccess): ConnectConfig =>
  login.type === 'PASSWORD'
    ? { username, password: login.secret.reveal(), tryKeyboard: true }
    : { username, privateKey: login.secret.reveal() }

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

const connect = (
  access: HostAccess,
  patienceMs: number,
  serverHostKey: ServerHostKeyAlgorithm[],
): Promise<Link> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    const startedAt = performance.now()
    let hostKey: HostKey | undefined
    let refusal: Error | undefined
    const fail = (error: Error) => {
      clearTimeout(silence)
      client.destroy()
      reject(
        refusal ??
          explainFailure(access, error, Math.round((performance.now() - startedAt) / 1000)),
      )
    }
    const refuse = (error: Error) => {
      refusal = error
      fail(error)
    }
    const closed = () => fail(new Error('the host closed the connection during the login'))
    const connectMs = Math.min(maxConnectMs, patienceMs)
    const silence = setTimeout(() => {
      fail(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }))
    }, connectMs)
    client.on('connect', () => clearTimeout(silence))
    client.on('error', fail)
    client.on('close', closed)
    const answers = createAnswers(access)
    client.on('keyboard-interactive', (_name, instructions, _language, prompts, answer) => {
      try {
        answer(answers(prompts, instructions))
      } catch (error) {
        refuse(toError(error))
      }
    })
    client.on('change password', () => refuse(expiredPassword(access)))
    client.on('ready', () => {
      // Without it every small answer waits for Nagle: 88 ms a command instead of 3.
      client.setNoDelay(true)
      // A socket's error comes before who waits for the link has it, and must not end the process.
      client.on('error', () => undefined)
      client.off('error', fail)
      client.off('close', closed)
      if (hostKey === undefined) fail(new Error('the host showed no key'))
      else resolve({ client, hostKey })
    })
    const hostVerifier = (blob: Buffer): boolean => {
      hostKey = readHostKey(blob)
      if (!isKnownBy(access, hostKey)) refusal = new OtherKey(access, hostKey)
      return refusal === undefined
    }
    try {
      client.connect({
        host: access.ip,
        port: access.sshPort,
        readyTimeout: patienceMs,
        ...keepalive,
        algorithms: { serverHostKey, cipher },
        hostVerifier,
        ...loginOf(access),
      })
    } catch (error) {
      fail(toError(error))
    }
  })

/**
 * Asks for each other type of key in turn; the host may have the one it is known by beside the one
 * it showed.
 */
const withOtherKey = async (
  access: HostAccess,
  patienceMs: number,
  other: OtherKey,
): Promise<Link> => {
  for (const family of otherFamilies(other.seen.type)) {
    try {
      return await connect(access, patienceMs, family)
    } catch (error) {
      // It has no key of this type, or has one that is not the one either.
      if (
        !(error instanceof OtherKey) &&
        !(error instanceof DefiniteError && /no matching/.test(error.message))
      )
        throw error
    }
  }
  throw other
}

/**
 * Connects and logs in. The key that a host is known by is asked for first, so that further keys
 * beside it change nothing. A refused login or a changed host key is a DefiniteError, everything
 * else a TransientError.
 */
export const handshake = async (access: HostAccess, patienceMs: number): Promise<Link> => {
  try {
    return await connect(access, patienceMs, offeredFirst(access.hostKeyType))
  } catch (error) {
    // A key that was accepted by its fingerprint alone may be of any type.
    if (error instanceof OtherKey && access.hostKeyType === undefined)
      return withOtherKey(access, patienceMs, error)
    throw error
  }
}
