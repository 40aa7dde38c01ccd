import { createHash } from 'node:crypto'
import ssh2, { type ConnectConfig } from 'ssh2'
import { DefiniteError, TransientError } from '../errors/failure.ts'
import type { HostAccess } from './host.ts'

export interface Link {
  readonly client: ssh2.Client
  /** What the host proved to be: `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly hostKey: string
}

const readyTimeoutMs = 15_000
/** Three silent times five seconds: how long a dead host goes unnoticed. */
const keepalive = { keepaliveInterval: 5_000, keepaliveCountMax: 3 } as const

const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** Whether a host that shows this key is the one that is meant; any is, when none was seen before. */
export const isKnownBy = ({ hostKey: pinned }: HostAccess, seen: string): boolean =>
  pinned === undefined || pinned.replace(/^SHA256:/, '').replace(/=+$/, '') === seen.replace(/^SHA256:/, '')

/** Refuses a host that shows another key than the one it was known by. */
const checkHostKey = (access: HostAccess, seen: string): void => {
  if (isKnownBy(access, seen)) return
  const { id, ip, hostKey: pinned } = access
  throw new DefiniteError({
    code: 'CMP07015',
    message: `host ${ip} shows another host key than before: ${seen} instead of ${pinned}`,
    advice: `find out who answers at that address; if the host has a new key, as one that was installed anew has, accept it: POST /api/v2/compute/hosts/${id}/acceptHostKey {"hostKey":"${seen}"}`,
    host: ip,
  })
}

const loginOf = ({ login, username }: HostAccess): ConnectConfig =>
  login.type === 'PASSWORD'
    ? { username, password: login.secret.reveal(), tryKeyboard: true }
    : { username, privateKey: login.secret.reveal() }

const refusedLogin = ({ ip, username, login }: HostAccess): DefiniteError =>
  new DefiniteError({
    code: 'CMP07015',
    message: `host ${ip} refused the ${login.type === 'PASSWORD' ? 'password' : 'key'} of ${username}`,
    advice: "correct the host's credential, or allow this kind of login in its sshd_config",
    host: ip,
  })

/** ssh2 says where an error arose in `level`. */
const levelOf = (error: Error): string => ('level' in error && typeof error.level === 'string' ? error.level : '')

const explain = (access: HostAccess, error: Error): Error => {
  if (levelOf(error) === 'client-authentication') return refusedLogin(access)
  if (/no matching|Cannot parse privateKey|passphrase/.test(error.message)) {
    return new DefiniteError(
      {
        code: 'CMP07015',
        message: `cannot log in to host ${access.ip}: ${error.message}`,
        advice: "check the credential's key (unencrypted, PEM or OpenSSH form) and the algorithms the host's sshd allows",
        host: access.ip,
      },
      { cause: error },
    )
  }
  return new TransientError(`cannot connect to host ${access.ip}:${access.sshPort}: ${error.message}`, { cause: error })
}

/** Connects and logs in. A refused login or a changed host key is a DefiniteError, everything else a TransientError. */
export const handshake = (access: HostAccess): Promise<Link> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let hostKey = ''
    let refusal: Error | undefined
    const fail = (error: Error) => {
      client.destroy()
      reject(refusal ?? explain(access, error))
    }
    const closed = () => fail(new Error('the connection was closed during the handshake'))
    client.on('error', fail)
    client.on('close', closed)
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => access.login.secret.reveal())),
    )
    client.on('ready', () => {
      // Without it every small answer waits for Nagle: 88 ms a command instead of 3.
      client.setNoDelay(true)
      client.off('error', fail)
      client.off('close', closed)
      resolve({ client, hostKey })
    })
    const hostVerifier = (key: Buffer): boolean => {
      hostKey = fingerprint(key)
      try {
        checkHostKey(access, hostKey)
      } catch (error) {
        refusal = error instanceof Error ? error : new Error(String(error))
      }
      return refusal === undefined
    }
    try {
      client.connect({
        host: access.ip,
        port: access.sshPort,
        readyTimeout: readyTimeoutMs,
        ...keepalive,
        hostVerifier,
        ...loginOf(access),
      })
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
