import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { LabUsers } from './credentials.ts'
import { prepareHost, prepareLab } from './files.ts'
import { LabHost } from './host.ts'
import { underLock } from './lock.ts'
import { assertMachine, LabError, places } from './machine.ts'
import { makeSwitch, type Switch } from './network.ts'
import { disown, own } from './ownership.ts'
import { type ProcessId, processId } from './processes.ts'
import { dismantle, type Entry, entries, lockFile, reapAbandoned, record } from './registry.ts'
import { assertFree, freePrefix } from './subnet.ts'

export interface LabOptions {
  /** How many hosts, 1 to 200. */
  readonly hosts: number
  /**
   * Lower-case letters, digits and dashes; hosts are called `<name>-1` and so on. Default: a new
   * one.
   */
  readonly name?: string
  /**
   * Keeps the hosts' files, addresses, keys and passwords, so that a lab of the same name and `dir`
   * brings the same hosts up again.
   */
  readonly keep?: boolean
  /**
   * Where the lab's files lie; default `.data/labs/<name>` in the repository. Better a real
   * filesystem than one in memory.
   */
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
  /** Has something else end with the lab: process 1 of what is plugged into its switch. */
  adopt(process: ProcessId): void
  /** Ends all hosts and leaves nothing of them; of a kept lab, the files. */
  destroy(): Promise<void>
}

/**
 * Makes test hosts on this Linux machine, as root. Labs left by processes that were killed are
 * cleared away first. Throws LabError.
 */
export async function createLab(options: LabOptions): Promise<Lab> {
  assertMachine()
  let entry = await underLock(lockFile(), () => claim(options))
  own(entry)
  let hosts: LabHost[] = []
  const destroy = async () => {
    await Promise.all(hosts.map((host) => host.powerOff()))
    dismantle(entry)
    disown(entry.name)
  }
  /** Writes down what is running so far, for whoever has to clear it away. */
  const running = (processes: readonly ProcessId[]) => {
    entry = { ...entry, processes: [...entry.processes, ...processes] }
    record(entry)
    own(entry)
  }
  try {
    const users = await prepareLab(entry.dir)
    const network = await makeSwitch(entry.prefix)
    running([network.holder])
    hosts = await makeHosts(entry, options.hosts, users, network)
    const starts = await Promise.allSettled(hosts.map((host) => host.powerOn()))
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    running(hosts.map((host) => host.init))
    return {
      name: entry.name,
      subnet: `${entry.prefix}.0/24`,
      dir: entry.dir,
      hosts,
      users,
      adopt: (process) => running([process]),
      destroy,
      [Symbol.asyncDispose]: destroy,
    }
  } catch (error) {
    await destroy()
    throw error
  }
}

function makeHosts(
  entry: Entry,
  count: number,
  users: LabUsers,
  network: Switch,
): Promise<LabHost[]> {
  const all = Array.from({ length: count }, (_, index) => {
    const name = `${entry.name}-${index + 1}`
    return { name, ip: `${entry.prefix}.${index + 11}`, dir: join(entry.dir, name) }
  })
  return Promise.all(
    all.map(
      async (files) =>
        new LabHost({
          ...files,
          lab: entry.name,
          users,
          network,
          hostKey: await prepareHost(entry.dir, files, all),
        }),
    ),
  )
}

function claim({
  hosts,
  name = `lab-${randomBytes(3).toString('hex')}`,
  keep = false,
  dir = join(places.labs, name),
  standalone = false,
}: LabOptions): Entry {
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > 200)
    throw new LabError(`A lab has 1 to 200 hosts, not ${hosts}.`)
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw new LabError(
      `"${name}" is no name for a lab: lower-case letters, digits and dashes, 31 at most.`,
    )
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
  const entry = {
    name,
    owner,
    standalone,
    keep,
    dir: resolve(dir),
    processes: [],
    prefix: prefixIn(resolve(dir), keep, taken),
  }
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
  // What lies beside the lab, in .data, is obflow's store.
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 })
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  writeFileSync(file, `${prefix}\n`)
  return prefix
}
