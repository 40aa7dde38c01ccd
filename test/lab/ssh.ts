import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { Client, type ConnectConfig } from 'ssh2'

/**
 * Connects as any SSH client would, runs one command and gives its code and what it printed, errors
 * included.
 */
export async function sshRun(
  login: ConnectConfig,
  command: string,
): Promise<{ code: number; output: string }> {
  const client = new Client()
  const ready = once(client, 'ready')
  client.connect({ readyTimeout: 5000, ...login })
  try {
    await ready
    // The command has ended by then; a host may break the connection before it is closed.
    client.on('error', () => undefined)
    return await new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error)
        let output = ''
        const collect = (chunk: Buffer) => {
          output += chunk.toString()
        }
        channel.on('data', collect).on('close', (code: number) => resolve({ code, output }))
        channel.stderr.on('data', collect)
      })
    })
  } finally {
    client.end()
  }
}

/** Uses a connection to a port of the host's own loopback. */
export async function throughSsh<Result>(
  login: ConnectConfig,
  port: number,
  use: (stream: Duplex) => Promise<Result>,
): Promise<Result> {
  const client = new Client()
  const ready = once(client, 'ready')
  client.connect({ readyTimeout: 5000, ...login })
  try {
    await ready
    const stream = await new Promise<Duplex>((resolve, reject) =>
      client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    )
    return await use(stream)
  } finally {
    client.end()
  }
}
