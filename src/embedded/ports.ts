import { readdir, readFile, readlink } from 'node:fs/promises'

/** `st` of a socket that listens. Source: proc(5), /proc/net/tcp. */
const listening = '0A'

/**
 * Whether it is this process that listens on a loopback port (Linux). False when the process is
 * gone.
 */
export async function isHeldBy(port: number, pid: number): Promise<boolean> {
  try {
    const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
    const rows = (await readFile(`/proc/${pid}/net/tcp`, 'utf8'))
      .split('\n')
      .map((row) => row.trim().split(/\s+/))
    const inode = rows.find(([, at, , state]) => at === local && state === listening)?.[9]
    if (inode === undefined) return false
    const open = await readdir(`/proc/${pid}/fd`)
    const links = await Promise.all(
      open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => undefined)),
    )
    return links.includes(`socket:[${inode}]`)
  } catch {
    return false
  }
}
