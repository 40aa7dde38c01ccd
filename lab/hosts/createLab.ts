import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { keyPairIn, type LabUsers, labUsers, shadowHash } from './credentials.ts'
import { LabHost } from './host.ts'
import { underLock } from './lock.ts'
import { assertMachine, LabError, places } from './machine.ts'
import { makeSwitch, type Switch } from './network.ts'
import { disown, own } from './ownership.ts'
import { processId } from './processes.ts'
import { dismantle, type Entry, entries, lockFile, reapAbandoned, record } from './registry.ts'
import { run } from './run.ts'
import { assertFree, freePrefix } from './subnet.ts'
import { makeTemplate } from './template.ts'

export interface LabOptions {
  /** How many hosts, 1 to 200. */
  readonly hosts: number
  /** Lower-case letters, digits and dashes; hosts are called `<name>-1` and so on. Default: a new one. */
  readonly name?: string
  /** Keeps the hosts' files, addresses, keys and passwords, so that a lab of the same name and `dir` brings the same hosts up again. */
  readonly keep?: boolean
  /** Where the lab's files lie; default `.data/labs/<name>` in the repository. Better a real filesystem than one in memory. */
  readonly dir?: string
  /** Marks a lab that exists for its own sake, which `lab down` may end. */
  readonly standalone?: boolean
}

/** Test hosts that exist until destroy, or until this process ends. */
export interface Lab extends AsyncDisposable {
  readonly name: string
  /** As `10.69.7.0/24`; the machine itself is `.1` in it. */
  readonly subnet: string
  readonly dir: string
  readonly hosts: readonly LabHost[]
  readonly users: LabUsers
  /** Ends all hosts and leaves nothing of them; of a kept lab, the files. */
  destroy(): Promise<void>
}

/** Makes test hosts on this Linux machine, as root. Labs left by processes that were killed are cleared away first. Throws LabError. */
export async function createLab(options: LabOptions): Promise<Lab> {
  assertMachine()
  const entry = await underLock(lockFile(), () => claim(options))
  own(entry)
  try {
    const users = await prepareFiles(entry.dir)
    const network = await makeSwitch(entry.prefix)
    const hosts = await bringUp(entry, options.hosts, users, network)
    const complete = {
      ...entry,
      processes: [network.pid, ...hosts.map((host) => host.init.pid)].flatMap((pid) => processId(pid) ?? []),
    }
    record(complete)
    own(complete)
    const destroy = async () => {
      await Promise.all(hosts.map((host) => host.powerOff()))
      dismantle(complete)
      disown(entry.name)
    }
    return {
      name: entry.name,
      subnet: `${entry.prefix}.0/24`,
      dir: entry.dir,
      hosts,
      users,
      destroy,
      [Symbol.asyncDispose]: destroy,
    }
  } catch (error) {
    dismantle(entry)
    disown(entry.name)
    throw error
  }
}

function claim({
  hosts,
  name = `lab-${randomBytes(3).toString('hex')}`,
  keep = false,
  dir = join(places.labs, name),
  standalone = false,
}: LabOptions): Entry {
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > 200) throw new LabError(`A lab has 1 to 200 hosts, not ${hosts}.`)
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw new LabError(`"${name}" is no name for a lab: lower-case letters, digits and dashes, 31 at most.`)
  reapAbandoned()
  const others = entries()
  const namesake = others.find((other) => other.name === name)
  if (namesake)
    throw new LabError(
      `A lab called ${name} is up already, owned by process ${namesake.owner.pid}. End it with \`lab down --name ${name}\`.`,
    )
  const owner = processId(process.pid)
  if (!owner) throw new LabError('/proc is not mounted; the lab needs it.')
  const taken = others.map((other) => other.prefix)
  const entry = { name, owner, standalone, keep, dir: resolve(dir), processes: [], prefix: prefixIn(resolve(dir), keep, taken) }
  record(entry)
  return entry
}

/** A kept lab has its network written down beside its hosts; a new one gets a free one. */
function prefixIn(dir: string, keep: boolean, taken: readonly string[]): string {
  const file = join(dir, 'prefix')
  if (existsSync(file)) {
    const prefix = readFileSync(file, 'utf8').trim()
    assertFree(prefix, taken)
    return prefix
  }
  const prefix = freePrefix(keep, taken)
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  writeFileSync(file, `${prefix}\n`)
  return prefix
}

async function prepareFiles(dir: string): Promise<LabUsers> {
  const { rootPublicKey, ...users } = await labUsers(dir)
  const template = join(dir, 'template')
  if (!existsSync(join(dir, 'ready'))) {
    rmSync(template, { recursive: true, force: true })
    await makeTemplate(template, rootPublicKey, await shadowHash(users.admin.password))
    writeFileSync(join(dir, 'ready'), '')
  }
  return users
}

async function bringUp(entry: Entry, count: number, users: LabUsers, network: Switch): Promise<LabHost[]> {
  const names = Array.from({ length: count }, (_, index) => ({
    name: `${entry.name}-${index + 1}`,
    ip: `${entry.prefix}.${index + 11}`,
  }))
  const neighbours = names.map(({ name, ip }) => `${ip} ${name}\n`).join('')
  writeFileSync(join(entry.dir, 'known_hosts'), '')
  return Promise.all(
    names.map(async ({ name, ip }) => {
      const dir = join(entry.dir, name)
      const root = join(dir, 'root')
      if (!existsSync(join(dir, 'ready'))) {
        rmSync(dir, { recursive: true, force: true })
        await run(['cp', '-a', join(entry.dir, 'template'), dir])
        writeFileSync(join(dir, 'ready'), '')
      }
      writeFileSync(join(root, 'etc/hostname'), `${name}\n`)
      writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost\n::1 localhost\n${neighbours}`)
      const key = await keyPairIn(join(root, 'etc/ssh/ssh_host_ed25519_key'), name)
      const hostKey = key.public.split(' ').slice(0, 2).join(' ')
      appendFileSync(join(entry.dir, 'known_hosts'), `${ip} ${hostKey}\n`)
      const host = new LabHost({ lab: entry.name, name, ip, dir, users, hostKey, network })
      await host.powerOn()
      return host
    }),
  )
}
