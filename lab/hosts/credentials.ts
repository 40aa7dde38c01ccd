import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

/** An OpenSSH key pair: `private` in OpenSSH's format, `public` as one authorized_keys line. */
export interface KeyPair {
  readonly private: string
  readonly public: string
}

/**
 * How to log in to any host of a lab: root by key, admin by password. The files hold the same and
 * are readable by root only.
 */
export interface LabUsers {
  readonly root: {
    readonly username: 'root'
    readonly privateKey: string
    readonly privateKeyFile: string
  }
  readonly admin: {
    readonly username: 'admin'
    readonly password: string
    readonly passwordFile: string
  }
}

/** The key pair kept in `file` and `file`.pub, made on the first call. */
export async function keyPairIn(file: string, comment: string): Promise<KeyPair> {
  if (!existsSync(file))
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
  return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8').trim() }
}

/** The lab's credentials, made on the first call and found again by every later one. */
export async function labUsers(
  dir: string,
): Promise<LabUsers & { readonly rootPublicKey: string }> {
  const privateKeyFile = join(dir, 'id_ed25519')
  const passwordFile = join(dir, 'admin.password')
  const key = await keyPairIn(privateKeyFile, 'obflow-lab')
  if (!existsSync(passwordFile))
    writeFileSync(passwordFile, randomBytes(12).toString('base64url'), { mode: 0o600 })
  return {
    root: { username: 'root', privateKey: key.private, privateKeyFile },
    admin: { username: 'admin', password: readFileSync(passwordFile, 'utf8'), passwordFile },
    rootPublicKey: key.public,
  }
}

/**
 * A password as /etc/shadow keeps it (SHA-512 crypt). It travels on standard input, so no process
 * list ever shows it.
 */
export async function shadowHash(password: string): Promise<string> {
  const salt = randomBytes(12).toString('base64').replaceAll('+', '.')
  return (
    await run(['perl', '-e', 'chomp($p = <STDIN>); print crypt($p, "\\$6\\$" . $ARGV[0])', salt], {
      input: `${password}\n`,
    })
  ).trim()
}
