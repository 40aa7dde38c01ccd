import { readFileSync } from 'node:fs'
import { machineFunctions, safeFiles, stateDirectory } from '../../host/index.ts'
import { Quoted, sh } from '../../quote.ts'
import { agentPorts } from '../agent/agent.ts'
import { rootServersOf, serversOf } from '../cluster.ts'
import { markerName } from '../observer/layout.ts'
import type { Wish } from './finding.ts'
import { kernelNames } from './kernel.ts'
import { neededCommands } from './machine.ts'

const gather = new Quoted(readFileSync(new URL('gather.sh', import.meta.url), 'utf8'), '')

/** Peers that one host looks at: all of a small cluster, the root servers of a large one. */
export const mostPeers = 16
const askersOfMany = 4

/** The hosts whose clocks are compared with that of `server`. */
export const peersOf = ({ cluster, server }: Pick<Wish, 'cluster' | 'server'>) => {
  const others = serversOf(cluster).filter(({ hostId }) => hostId !== server.hostId)
  if (others.length <= mostPeers) return others
  return rootServersOf(cluster)
    .filter(({ hostId }) => hostId !== server.hostId)
    .slice(0, mostPeers)
}

/**
 * Of a large cluster, the hosts that ask whether they reach `server`: the next ones in its ring, so
 * that each host is asked by few and asks few.
 */
export const askersOf = ({ cluster, server }: Pick<Wish, 'cluster' | 'server'>) => {
  const all = serversOf(cluster)
  const others = all.filter(({ hostId }) => hostId !== server.hostId)
  if (others.length <= mostPeers) return others
  const at = all.findIndex(({ hostId }) => hostId === server.hostId)
  return [...all.slice(at + 1), ...all.slice(0, at)].slice(0, askersOfMany)
}

/** The script that reads the facts of a host; run as root. */
export const gatherScript = (wish: Wish): Quoted => {
  const { cluster, layout, server } = wish
  const leftovers = ['observer.config.bin', 'observer.conf.bin'].map(
    (name) => `${layout.etc}/${name}`,
  )
  return sh`ports=(${[cluster.sqlPort, cluster.rpcPort, agentPorts.manager, agentPorts.monitor]}) paths=(${layout.directories})
disks=(${[cluster.paths.install, cluster.paths.data, cluster.paths.log, stateDirectory]}) leftovers=(${leftovers})
commands=(${neededCommands}) kernel=(${kernelNames}) home=${layout.home} package=${wish.package.name}
needs=(${wish.package.needs})
ip=${server.ip} os_user=${cluster.osUser} owner=${cluster.osUser} mark=${markerName}
${safeFiles}
${machineFunctions}${gather}`
}
