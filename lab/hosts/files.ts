import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostFiles } from './boot.ts'
import { keyPairIn, type LabUsers, labUsers, shadowHash } from './credentials.ts'
import { run } from './run.ts'
import { makeTemplate } from './template.ts'

/**
 * Makes what the hosts of a lab have in common, unless an earlier lab in this folder did:
 * credentials, and the tree a host begins with.
 */
export async function prepareLab(dir: string): Promise<LabUsers> {
  const { rootPublicKey, ...users } = await labUsers(dir)
  await once(join(dir, 'template'), async (template) => {
    await makeTemplate(template, rootPublicKey, await shadowHash(users.admin.password))
  })
  writeFileSync(knownHosts(dir), '')
  return users
}

/** Makes the files of one host, or finds those it had; gives its sshd's public key. */
export async function prepareHost(
  labDir: string,
  host: HostFiles,
  all: readonly HostFiles[],
): Promise<string> {
  await once(host.dir, async (dir) => {
    for (const folder of ['usr', 'work', 'memory'])
      mkdirSync(join(dir, folder), { recursive: true })
    await run(['cp', '-a', join(labDir, 'template/root'), join(dir, 'root')])
  })
  const etc = join(host.dir, 'root/etc')
  writeFileSync(join(etc, 'hostname'), `${host.name}\n`)
  writeFileSync(
    join(etc, 'hosts'),
    `127.0.0.1 localhost\n::1 localhost\n${all.map(({ ip, name }) => `${ip} ${name}\n`).join('')}`,
  )
  const key = await keyPairIn(join(etc, 'ssh/ssh_host_ed25519_key'), host.name)
  const hostKey = key.public.split(' ').slice(0, 2).join(' ')
  appendFileSync(knownHosts(labDir), `${host.ip} ${hostKey}\n`)
  return hostKey
}

/** For `ssh -o UserKnownHostsFile=`. */
export const knownHosts = (dir: string): string => join(dir, 'known_hosts')

/** Fills a folder, beginning anew when an earlier attempt was broken off. */
async function once(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const done = join(folder, 'ready')
  if (existsSync(done)) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await fill(folder)
  writeFileSync(done, '')
}
