interface Listener {
  readonly port: number
  readonly inode: string
  /** Reached by its own machine alone. */
  readonly loopback: boolean
}

/** Who listens, by the tables of /proc/net/tcp and tcp6. Source: proc(5). */
export const listenersIn = (tables: string): Listener[] =>
  tables.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    if (state !== '0A') return []
    const loopback = /7F$/.test(address) || /^0{24}01000000$/.test(address)
    return [{ port: Number.parseInt(port, 16), inode, loopback }]
  })
