import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, boot, type HostFiles, type Running } from './boot.ts'
import type { LabUsers } from './credentials.ts'
import { type FaultArguments, type FaultKind, faults } from './faults.ts'
import { limitsEnvironment, limitsFile, limitsScript } from './limits.ts'
import { LabError } from './machine.ts'
import { type Switch, unplug } from './network.ts'
import { kill, killAll, type ProcessId, processId } from './processes.ts'
import { attempt, type Outcome, type RunOptions, run } from './run.ts'
import { sshdConfig } from './sshd.ts'

/** What a host is built from. */
export interface HostParts extends HostFiles {
  readonly lab: string
  readonly users: LabUsers
  /** Its sshd's public key, as one known_hosts field (`ssh-ed25519 AAAA…`). */
  readonly hostKey: string
  readonly network: Switch
}

const execEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LANG: 'C.UTF-8',
}

/** One test host, seen from the machine that carries it. */
export class LabHost {
  readonly sshPort = 22
  readonly #parts: HostParts
  #running: Running | undefined

  constructor(parts: HostParts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.name
  }

  get ip(): string {
    return this.#parts.ip
  }

  get lab(): string {
    return this.#parts.lab
  }

  get users(): LabUsers {
    return this.#parts.users
  }

  get hostKey(): string {
    return this.#parts.hostKey
  }

  get network(): Switch {
    return this.#parts.network
  }

  /** The folder of the machine that holds the host's files other than /usr, switched on or not. */
  get disk(): string {
    return join(this.#parts.dir, 'root')
  }

  /**
   * The host's root as its own processes see it, mounts included, as a path on the machine. Only
   * while it is on.
   */
  get root(): string {
    return `/proc/${this.init.pid}/root`
  }

  /** Process 1 of the host, as the machine numbers it. */
  get init(): ProcessId {
    if (!this.#running) throw new LabError(`Host ${this.name} is switched off.`)
    return this.#running.init
  }

  get isOn(): boolean {
    return this.#running !== undefined
  }

  /**
   * Runs a command on the host as root, past its network and sshd. Text goes to bash; a list is run
   * as it stands. A failing command is an outcome with its `code`, not an error.
   */
  exec(command: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return attempt(this.#inside(command), { env: execEnvironment, ...options })
  }

  /** Like exec for a list, but throws when the command fails; gives its standard output. */
  must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    return run(this.#inside(command), { env: execEnvironment, ...options })
  }

  /** Makes something go wrong on this host, from now until it is healed. */
  async fault<Kind extends FaultKind>(kind: Kind, ...args: FaultArguments[Kind]): Promise<void> {
    await faults[kind].inflict(this, ...args)
  }

  /** Ends a fault. Ending one that was never there changes nothing. */
  async heal(kind: FaultKind): Promise<void> {
    await faults[kind].heal(this)
  }

  /** Ends all processes of the host at once, without warning; what is on its disk stays. */
  async powerOff(): Promise<void> {
    const running = this.#running
    if (!running) return
    this.#running = undefined
    kill([running.init])
    await running.ended
    await unplug(this.network, this.ip)
  }

  /**
   * Switches the host on again, as a machine that was rebooted: same address, keys and files; /run,
   * /dev/shm and mounted faults are gone.
   */
  async powerOn(): Promise<void> {
    if (this.#running) return
    this.#running = await boot(this.#parts, this.network, (limited) =>
      this.#configureSshd(limited, {}),
    )
  }

  /** Ends sshd with all its sessions, and starts it with this environment for its sessions. */
  async restartSshd(extra: Readonly<Record<string, string>>): Promise<void> {
    this.stopSshd()
    this.#configureSshd(this.#running?.limited ?? false, extra)
    await this.startSshd()
  }

  /** Ends sshd with all its sessions; commands started by them run on, unless they notice. */
  stopSshd(): void {
    killAll(this.#sshds())
  }

  /** Cuts every connection of sshd, and leaves sshd to take new ones. */
  cutSessions(): void {
    killAll(
      this.#sshds().filter(({ pid }) => processField(pid, 'stat', parentOf) !== this.init.pid),
    )
  }

  async startSshd(): Promise<void> {
    await this.must(['/usr/sbin/sshd', '-E', '/var/log/sshd.log'])
    await answers(this.ip, 22)
  }

  /** All processes of the host, as the machine numbers them. */
  processes(): ProcessId[] {
    return familyOf(this.init.pid)
  }

  #sshds(): ProcessId[] {
    return this.processes().filter(
      ({ pid }) => processField(pid, 'comm', (name) => name.trim()) === 'sshd',
    )
  }

  /**
   * sudo drops LD_PRELOAD and the like on the way in; its own environment file gives them back to
   * the command.
   */
  #configureSshd(limited: boolean, extra: Readonly<Record<string, string>>): void {
    const environment = { ...(limited && limitsEnvironment), ...extra }
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
    if (limited) writeFileSync(join(this.disk, limitsFile), limitsScript)
    writeFileSync(join(this.disk, 'etc/obflow-lab/sudo.env'), lines.join(''))
    writeFileSync(join(this.disk, 'etc/ssh/sshd_config'), sshdConfig(environment))
  }

  #inside(command: string | readonly string[]): string[] {
    const argv = typeof command === 'string' ? ['/bin/bash', '-c', command] : command
    return [
      'nsenter',
      '--target',
      String(this.init.pid),
      '--net',
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
      ...argv,
    ]
  }
}

/**
 * A file of /proc about a process, read; undefined when the process is gone, as it may be at any
 * moment.
 */
function processField<T>(pid: number, file: string, read: (text: string) => T): T | undefined {
  try {
    return read(readFileSync(`/proc/${pid}/${file}`, 'utf8'))
  } catch {
    return undefined
  }
}

/** Field 4 of /proc/<pid>/stat; the name before it may hold blanks and brackets. */
const parentOf = (stat: string): number => Number(stat.replace(/^.*\) /s, '').split(' ')[1])

function familyOf(pid: number): ProcessId[] {
  const self = processId(pid)
  if (!self) return []
  const children =
    processField(pid, `task/${pid}/children`, (text) => text.split(' ').filter(Boolean)) ?? []
  return [self, ...children.flatMap((child) => familyOf(Number(child)))]
}
