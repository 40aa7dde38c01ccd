import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { claimPort } from '../../lab/ports/claim.ts'
import type { HostAccess } from '../../src/host/index.ts'
import { Secret } from '../../src/quote.ts'

type User = 'operator' | 'guest' | 'expired'
type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

/**
 * A real sshd on loopback, in namespaces of its own: its users, /run and processes end with it and
 * never touch the machine's.
 */
export interface TestSshd {
  readonly directory: string
  /** Root with the key that is allowed, unless told otherwise. */
  access(changes?: Partial<HostAccess>): HostAccess
  /**
   * Login of a user who is not root; `operator` may use sudo, the others may not; the password of
   * `expired` has.
   */
  login(username: User, password?: string): HostAccess
  /** Kills the sshd processes that serve connections, as a network that fails would. */
  cut(): void
  /** Gives the host another identity. */
  changeHostKey(): Promise<void>
  /** Gives the host a further key, as `ssh-keygen -A` does at an upgrade. */
  addHostKey(type: KeyType): Promise<void>
  stop(): Promise<void>
}

export const userPassword = `it's "quoted" \\ £`

const makeKey = (path: string, type: KeyType = 'ed25519'): void => {
  rmSync(path, { force: true })
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path])
}

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

const writeUsers = (directory: string): void => {
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
    input: userPassword,
    encoding: 'utf8',
  }).trim()
  const users = ['operator', 'guest', 'expired'].map((name, index) => ({ name, id: 61000 + index }))
  for (const file of ['passwd', 'shadow', 'group'])
    writeFileSync(join(directory, file), readFileSync(`/etc/${file}`))
  for (const { name, id } of users) {
    appendFileSync(
      join(directory, 'passwd'),
      `${name}:x:${id}:${id}::/run/home-${name}:/bin/bash\n`,
    )
    appendFileSync(
      join(directory, 'shadow'),
      `${name}:${hash}:${name === 'expired' ? 0 : 19000}::::::\n`,
    )
    appendFileSync(join(directory, 'group'), `${name}:x:${id}:\n`)
  }
  const pam = ['auth', 'account', 'password', 'session'].map(
    (facility) => `${facility} required pam_unix.so\n`,
  )
  writeFileSync(join(directory, 'pam'), pam.join(''))
  writeFileSync(
    join(directory, 'sudoers'),
    'root ALL=(ALL) ALL\noperator ALL=(ALL) NOPASSWD: ALL\n',
    { mode: 0o440 },
  )
}

const inside = `
set -e
mount -t tmpfs none /run
mount -t tmpfs -o mode=755 none /root
mkdir /run/sshd
for file in passwd shadow group sudoers; do mount --bind "$1/$file" /etc/$file; done
mount --bind "$1/pam" /etc/pam.d/sshd
printf '#!/bin/sh\\nsleep "$(cat %s/seconds)"; cat %s/client.pub\\n' "$1" "$1" >/root/keys
chmod 755 /root/keys
for user in operator guest expired; do install -d -o $user -g $user /run/home-$user; done
exec /usr/sbin/sshd -D -e -f "$1/sshd_config"`

export interface SshdOptions {
  /** Channels a connection may have; as shipped. */
  readonly maxSessions?: number
  readonly keyType?: KeyType
  /** Seconds that a login with a key takes, as one does that waits for LDAP. */
  readonly slowLogin?: number
  /** Passwords are asked for by PAM's questions. */
  readonly pam?: boolean
}

export const startSshd = async (options: SshdOptions = {}): Promise<TestSshd> => {
  const { maxSessions = 10, keyType = 'ed25519', slowLogin, pam = false } = options
  const directory = mkdtempSync(join(tmpdir(), 'sshd-'))
  // In a process group of its own it outlives a Ctrl-C, and sees the end of this process as the end
  // of its input.
  const sweep = ['-c', 'cat >/dev/null; rm -rf "$1"', 'sweep', directory]
  const sweeper = spawn('bash', sweep, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const port = await claimPort()
  mkdirSync(join(directory, 'files'))
  makeKey(join(directory, 'host'), keyType)
  makeKey(join(directory, 'client'))
  writeFileSync(join(directory, 'seconds'), String(slowLogin ?? 0))
  writeUsers(directory)
  writeFileSync(
    join(directory, 'sshd_config'),
    [
      `Port ${port}`,
      // One machine with two addresses.
      'ListenAddress 127.0.0.1',
      'ListenAddress 127.0.0.2',
      `HostKey ${directory}/host`,
      ...(slowLogin === undefined
        ? [`AuthorizedKeysFile ${directory}/client.pub`]
        : [
            'AuthorizedKeysFile none',
            'AuthorizedKeysCommand /root/keys',
            'AuthorizedKeysCommandUser root',
          ]),
      'StrictModes no',
      ...(pam
        ? ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes']
        : ['UsePAM no']),
      'PidFile none',
      'PermitRootLogin yes',
      'MaxStartups 100',
      `MaxSessions ${maxSessions}`,
    ].join('\n'),
  )

  const start = async () => {
    const namespaces = [
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
    ]
    // The death signal ends it with this process, however that ends; --kill-child takes everything
    // inside along.
    const words = [
      '--pdeathsig',
      'KILL',
      'unshare',
      ...namespaces,
      'bash',
      '-c',
      inside,
      'sshd',
      directory,
    ]
    const sshd = spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'pipe'] })
    const said: string[] = []
    for await (const line of createInterface({ input: sshd.stderr })) {
      said.push(line)
      // It listens on one address after the other.
      if (said.filter((words) => words.includes('Server listening')).length < 2) continue
      sshd.stderr.resume()
      return sshd
    }
    throw new Error(`sshd did not start: ${said.join('\n')}`)
  }

  let server = await start()
  const end = async () => {
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }

  const access = (changes: Partial<HostAccess> = {}): HostAccess => ({
    id: 1,
    ip: '127.0.0.1',
    sshPort: port,
    username: 'root',
    login: {
      type: 'PRIVATE_KEY',
      secret: new Secret(readFileSync(join(directory, 'client'), 'utf8')),
    },
    ...changes,
  })

  return {
    directory,
    access,
    login: (username, password = userPassword) =>
      access({ username, login: { type: 'PASSWORD', secret: new Secret(password) } }),
    cut: () => {
      const [listener] = children(server.pid ?? 0)
      for (const pid of listener === undefined ? [] : children(listener))
        process.kill(pid, 'SIGKILL')
    },
    changeHostKey: async () => {
      await end()
      makeKey(join(directory, 'host'), keyType)
      server = await start()
    },
    addHostKey: async (type) => {
      await end()
      makeKey(join(directory, `host-${type}`), type)
      appendFileSync(join(directory, 'sshd_config'), `\nHostKey ${directory}/host-${type}`)
      server = await start()
    },
    stop: async () => {
      await end()
      const swept = once(sweeper, 'exit')
      sweeper.stdin.end()
      await swept
    },
  }
}
