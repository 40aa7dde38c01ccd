import { read } from 'node:fs'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'

/** `st` of a connection that is open. Source: proc(5), /proc/net/tcp. */
const established = '01'
const blockBytes = 64 * 1024
const readAt = promisify(read)

/** An IPv4 endpoint as /proc/net/tcp writes it: the address's bytes last to first. */
function endpoint(address: string, port: number): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return `${bytes.toReversed().join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

async function textOf(fd: number): Promise<string> {
  const blocks: Buffer[] = []
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await readAt(fd, Buffer.alloc(blockBytes), 0, blockBytes, at)
    if (bytesRead === 0) return Buffer.concat(blocks).toString()
    blocks.push(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

/** The user at the other end of a loopback connection; undefined when nobody holds it any more. */
export function ownerIn(
  table: string,
  socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
) {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
  const theirs = endpoint(remoteAddress, remotePort)
  const ours = endpoint(localAddress, localPort)
  for (const row of table.split('\n')) {
    const [, local, remote, state, , , , uid, , inode] = row.trim().split(/\s+/)
    if (local !== theirs || remote !== ours) continue
    // The kernel shows a connection that its process has closed with uid 0 and inode 0.
    return state === established && inode !== '0' ? Number(uid) : undefined
  }
  return undefined
}

/**
 * Tells who is at the other end of a loopback connection (Linux). `fd` is an open /proc/net/tcp:
 * its rows are those of the namespace and user that opened it.
 */
export function peerOwners(fd: number): (socket: Socket) => Promise<number | undefined> {
  // Reads of one file follow one another: the kernel keeps a single position in its table.
  let last: Promise<unknown> = Promise.resolve()
  return async (socket) => {
    const table = last.then(() => textOf(fd))
    last = table.catch(() => undefined)
    return ownerIn(await table, socket)
  }
}
