import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../../quote.ts'
import type { Wish } from './finding.ts'

/** What a pre-check's listener is called in `ps`. At most 15 characters. */
export const listenerName = 'obflow-listen'

/** It ends by itself after so long, should nobody end it. */
const listenSeconds = 15

const listen = new Quoted(readFileSync(new URL('listen.sh', import.meta.url), 'utf8'), '')

/** Listens on the cluster's own ports of a host for a moment. Read the answer with readListener. */
export const listenScript = ({ cluster, server }: Pick<Wish, 'cluster' | 'server'>): Quoted =>
  sh`name=${listenerName} ip=${server.ip} seconds=${listenSeconds} ports=(${[cluster.rpcPort, cluster.sqlPort]})
${listen}`

export interface Listener {
  readonly pid: number
  readonly ports: readonly number[]
}

/** Undefined when nothing on the host can listen. */
export function readListener(output: string): Listener | undefined {
  const [, pid, ports = ''] = /^pid (\d+) ?([\d ]*)$/m.exec(output) ?? []
  if (pid === undefined) return undefined
  return { pid: Number(pid), ports: ports.split(' ').filter(Boolean).map(Number) }
}

/** Ends a listener, if it still is one. */
export const endListener = ({ pid }: Listener): Quoted =>
  sh`read -r name <${`/proc/${pid}/comm`} && [ "$name" = ${listenerName} ] && kill ${pid}
true`

/**
 * Tries ports of a host, all at once; run on another one. Read the answer with readReached.
 * `timeout` ends all of its process group.
 */
export const reachScript = (ip: string, ports: readonly number[]): Quoted =>
  sh`timeout 1.5 bash --norc -c 'ip=$1; shift
for port; do if ( exec 3<>"/dev/tcp/$ip/$port" ) 2>/dev/null; then echo "reached $port"; fi & done
wait' _ ${ip} ${ports}
true`

export const readReached = (output: string): readonly number[] =>
  [...output.matchAll(/^reached (\d+)$/gm)].map(([, port]) => Number(port))
