import type { Duplex } from 'node:stream'
import type { Connection } from './connection.ts'

/**
 * A command that joins its standard input and output to a port of the host's own 127.0.0.1. Bash
 * does it where sshd forbids forwarding (AllowTcpForwarding no). When either side ends, it ends all
 * processes of its session: sshd makes one a command, and waits for the last of them.
 */
const relay = (port: number): string =>
  `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} 4<&0 || exit 1; { cat <&4 >&3; kill 0; } & cat <&3; kill 0' 2>/dev/null`

/** Works over a connection that the host's program sees come from the host itself. */
export const overLoopback = <T>(
  connection: Connection,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
  use: (stream: Duplex) => Promise<T>,
): Promise<T> =>
  connection.exec(
    relay(port),
    async (channel) => {
      channel.stderr.resume()
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      channel.once('close', () => resolve())
      // The reader sees the end; ignore writes after it.
      channel.on('error', () => undefined)
      try {
        return await use(channel)
      } finally {
        channel.end()
        channel.resume()
        channel.close()
        await closed
      }
    },
    { signal },
  )
