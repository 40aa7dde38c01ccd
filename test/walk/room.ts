import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { dieWithOwner, plug } from '../../lab/hosts/network.ts'
import { processId } from '../../lab/hosts/processes.ts'
import type { Lab } from '../../lab/index.ts'

const home = '/home/dba'

/** Beyond a lab's hosts, before its containers. */
const addressIn = ({ subnet }: Lab): string => subnet.replace(/0\/24$/, '215')

export interface RoomOptions {
  readonly lab: Lab
  /** A bare Debian, which stays as it is. */
  readonly base: string
  /** For what is written in the room; what its user brought lies in `brought/`. */
  readonly dir: string
}

/**
 * A clean Debian on a lab's switch, with an ordinary user and what that user brought. It reaches
 * the lab's hosts and nothing else.
 */
export class Room implements AsyncDisposable {
  readonly #child: ChildProcess
  /** What is put before a command so that the user runs it there. */
  readonly inside: readonly string[]

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child
    const spaces = ['--net', '--mount', '--uts', '--ipc', '--pid']
    const user = ['--reuid=dba', '--regid=dba', '--init-groups', '--']
    const settings = [
      `HOME=${home}`,
      'USER=dba',
      'TERM=xterm',
      'LANG=C.UTF-8',
      'PATH=/usr/local/bin:/usr/bin:/bin',
    ]
    this.inside = [
      ...['nsenter', '--target', String(pid), ...spaces],
      ...['setpriv', ...user],
      ...['env', '-i', '-C', home, ...settings],
    ]
  }

  static async open({ lab, base, dir }: RoomOptions): Promise<Room> {
    const network = lab.hosts[0]?.network
    if (network === undefined) throw new Error('a room needs a lab with hosts')
    const spaces = ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child']
    const script = ['bash', join(import.meta.dirname, 'room.sh'), base, dir]
    const child = spawn(
      dieWithOwner[0],
      [...dieWithOwner.slice(1), 'unshare', ...spaces, ...script],
      { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
    )
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the clean machine ended with ${code}`)
    })
    const up = (async () => {
      let pid = 0
      for await (const line of createInterface({ input: child.stdout })) {
        if (line === 'up') return pid
        if (!line.startsWith('pid ')) continue
        pid = Number(line.slice(4))
        const init = processId(pid)
        if (init) lab.adopt(init)
        const ip = addressIn(lab)
        await plug(network, ip, pid)
        child.stdin.end(`${ip}/24\n`)
      }
      return ended
    })()
    return new Room(child, await Promise.race([up, ended]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
