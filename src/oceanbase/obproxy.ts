import { type Quoted, type Secret, sh } from '../quote.ts'
import type { ClusterSpec } from './cluster.ts'

export const obproxyHome = '/opt/taobao/install/obproxy'
export const obproxyPorts = { listen: 2883, prometheus: 2884 } as const

export interface Obproxy {
  /** Name the proxy shows itself under (`-n`). */
  readonly appName: string
  readonly osUser: string
  readonly listenPort: number
  readonly prometheusPort: number
}

/** Starts the proxy (or adopts a running one) for a cluster. No password: that goes in through SQL, see linkStatements. */
export const startObproxy = (_proxy: Obproxy, _cluster: ClusterSpec): Quoted => sh`:`
export const stopObproxy = (_proxy: Obproxy): Quoted => sh`:`
/** `root@proxysys` on the listen port: who may change a proxy's configuration. */
export const obproxyAdmin = 'root@proxysys'
/** What makes a proxy serve this cluster. Plain password: the proxy hashes it itself when it comes by SQL. */
export const linkStatements = (_cluster: ClusterSpec, _proxyroPassword: Secret): readonly Quoted[] => []
export const unlinkStatements = (): readonly Quoted[] => []
/** User name that proves the link through the proxy's listen port. */
export const throughProxy = (cluster: Pick<ClusterSpec, 'name'>): string => `root@sys#${cluster.name}`
