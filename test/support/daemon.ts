import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'

/**
 * A program of others with a folder of its own: disposing ends it and removes the folder. It ends
 * with this process at the latest.
 */
export class Daemon implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #dir: string

  constructor(dir: string, words: readonly string[]) {
    this.#dir = dir
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }

  /** Null while it runs. */
  get exitCode(): number | null {
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill()
      await ended
    }
    await rm(this.#dir, { recursive: true, force: true })
  }
}
