import { DefiniteError, TransientError } from '../errors/failure.ts'
import { type Said, say } from '../errors/say.ts'
import type { HostAccess } from './host.ts'

interface Known {
  /** What ssh2 says. */
  readonly said: RegExp
  readonly advice: Said
}

/** What ssh2 says when connecting again ends the same. It has no codes for these. */
const definite: readonly Known[] = [
  {
    said: /no matching/i,
    advice: say`the host's sshd offers only algorithms that are not supported here: allow newer ones in its sshd_config`,
  },
  {
    said: /private ?key|passphrase|key format|malformed .*key/i,
    advice: say`replace the credential's key by an unencrypted private key in PEM or OpenSSH form`,
  },
  { said: /invalid username/i, advice: say`correct the credential's username` },
]

/** What Node (in `code`) or ssh2 says of a login that may yet succeed, in an operator's words. */
const passing: readonly (readonly [said: string, meaning: Said])[] = [
  ['ECONNREFUSED', say`nothing listens on that port; is sshd running, is it the right port?`],
  ['EHOSTUNREACH', say`the address does not answer; is it right, is the host up?`],
  ['ENETUNREACH', say`there is no route to that network from here`],
  [
    'ETIMEDOUT',
    say`the address does not answer; is it right, is the host up, does a firewall drop packets?`,
  ],
  [
    'ECONNRESET',
    say`the host closed the connection; its sshd may be starting or overloaded (MaxStartups)`,
  ],
  [
    'Connection lost before handshake',
    say`the host closed the connection; its sshd may be overloaded (MaxStartups), or it is none`,
  ],
  [
    'Timed out while waiting for handshake',
    say`the login takes longer than OBFLOW_HOST_PATIENCE; does sshd wait for DNS (UseDNS), LDAP or a dead mount?`,
  ],
]

/** A login that the host did not accept. */
const refusedLogin = ({ ip, username, login }: HostAccess): DefiniteError =>
  new DefiniteError({
    code: 'CMP07015',
    message:
      login.type === 'PASSWORD'
        ? say`host ${ip} refused the password of ${username}`
        : say`host ${ip} refused the key of ${username}`,
    advice: say`correct the host's credential, or allow this kind of login in its sshd_config`,
    host: ip,
  })

/** ssh2 says where an error arose in `level`, Node what it was in `code`. */
const textOf = (error: Error, key: 'level' | 'code'): string => {
  const value: unknown = key in error ? Reflect.get(error, key) : undefined
  return typeof value === 'string' ? value : ''
}

/**
 * What a failed connection means: a DefiniteError when trying again ends the same, else a
 * TransientError.
 */
export const explainFailure = (access: HostAccess, error: Error, seconds: number): Error => {
  const { ip, sshPort } = access
  if (textOf(error, 'level') === 'client-authentication') return refusedLogin(access)
  const known = definite.find(({ said }) => said.test(error.message))
  if (known) {
    const message = say`cannot log in to host ${ip}: ${error.message}`
    return new DefiniteError(
      { code: 'CMP07015', message, advice: known.advice, host: ip },
      { cause: error },
    )
  }
  const said = [textOf(error, 'code'), error.message]
  const meaning = passing.find(([words]) => said.includes(words))?.[1]
  const why = meaning === undefined ? error.message : say`${meaning} (${error.message})`
  return new TransientError(
    say`cannot connect to host ${ip}:${sshPort}: ${why}; gave up after ${seconds} s`,
    { cause: error },
  )
}
