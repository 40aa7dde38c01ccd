import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { claimPort } from '../../lab/ports/claim.ts'
import type { Served, ServeOptions } from '../lab/serve.ts'
import { placeEmptyDatabase } from '../support/emptyDatabase.ts'
import { descendantsOf } from '../support/liveTrees.ts'
import { startProgram } from '../support/program.ts'
import { listenersIn } from './listeners.ts'

/** `obflow serve` in a process of its own, as people start it. */
export interface ServedProgram extends Served {
  readonly ports: { readonly api: number; readonly temporal: number; readonly ui: number }
  /** Every port at which it or a child of it listens, in the network of this machine. */
  listening(): Promise<number[]>
}

/** Listening ports of processes, by the inodes of their sockets. */
async function portsOf(pids: readonly number[]): Promise<number[]> {
  const { readdir, readlink } = await import('node:fs/promises')
  const open = await Promise.all(
    pids.map(async (pid) => {
      const fds = await readdir(`/proc/${pid}/fd`).catch(() => [])
      return Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
    }),
  )
  const sockets = new Set(open.flat())
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')),
  )
  const ports = listenersIn(tables.join('\n')).flatMap(({ port, inode }) =>
    sockets.has(`socket:[${inode}]`) ? [port] : [],
  )
  return [...new Set(ports)].sort((a, b) => a - b)
}

export async function serveProgram({ dataDir, password }: ServeOptions): Promise<ServedProgram> {
  await placeEmptyDatabase(dataDir)
  const api = await claimPort()
  const env = {
    OBFLOW_DATA_DIR: dataDir,
    OBFLOW_LISTEN: `127.0.0.1:${api}`,
    OBFLOW_ADMIN_PASSWORD: password,
  }
  const program = startProgram(join('src', 'cli.ts'), env, ['serve'])
  while (!program.printed.includes('Ctrl-C')) {
    if (!program.running) throw new Error(`obflow serve ended: ${program.said}`)
    await pause(100)
  }
  const port = (name: string) =>
    Number(new RegExp(`^${name} .*:(\\d+)$`, 'm').exec(program.printed)?.[1])
  return {
    url: `http://127.0.0.1:${api}`,
    temporal: { address: `127.0.0.1:${port('Temporal')}` },
    namespace: 'default',
    ports: { api, temporal: port('Temporal'), ui: port('Temporal Web UI') },
    listening: async () => portsOf([program.pid, ...(await descendantsOf(program.pid))]),
    async close() {
      await program.stop()
    },
  }
}
