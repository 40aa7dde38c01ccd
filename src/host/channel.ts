import type { Readable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { createOutput } from './output.ts'

export interface Answer {
  /**
   * Undefined when the connection was lost, or the command was killed from outside, before it could
   * end.
   */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

interface Conversation {
  readonly head: string
  readonly body?: Readable
  /** Receives standard output as it comes. */
  readonly heard?: (chunk: Buffer) => void
  readonly signal: AbortSignal
}

/**
 * A process left in the background may hold a channel open for ever; its output is not waited for
 * longer than this.
 */
const graceMs = 2_000

/**
 * Sends `head`, then `body`, and gives what came back once the command has ended. Aborting makes it
 * stop listening.
 */
export const converse = (
  channel: ClientChannel,
  { head, body, heard, signal }: Conversation,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const stdout = createOutput()
    const stderr = createOutput()
    let code: number | undefined
    let grace: NodeJS.Timeout | undefined
    const finish = () => {
      clearTimeout(grace)
      signal.removeEventListener('abort', aborted)
      body?.destroy()
    }
    const aborted = () => {
      finish()
      channel.close()
      reject(signal.reason)
    }
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    channel.on('data', (chunk: Buffer) => {
      stdout.add(chunk)
      heard?.(chunk)
    })
    channel.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
    channel.on('exit', (exit: number | null) => {
      code = exit ?? undefined
      grace = setTimeout(() => channel.close(), graceMs)
    })
    // A command may have ended before anybody listened to that; its closing says it again.
    channel.on('close', (exit?: number | null) => {
      code ??= exit ?? undefined
      finish()
      resolve({ code, stdout: stdout.text(), stderr: stderr.text() })
    })
    // A host that ends the command early stops reading; its exit code says why.
    channel.on('error', () => undefined)
    if (!body) {
      channel.end(head)
      return
    }
    body.on('error', (error) => {
      finish()
      channel.close()
      reject(error)
    })
    channel.write(head)
    body.pipe(channel)
  })
