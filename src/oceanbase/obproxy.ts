import { type Quoted, type Secret, sh, sql } from '../quote.ts'
import { type ClusterSpec, rootServersOf } from './cluster.ts'
import { daemonFunctions, readState } from './daemon.ts'

export const obproxyHome = '/opt/taobao/install/obproxy'
/** The binary's own default of the listen port is 6688; everyone sets 2883. */
export const obproxyPorts = { listen: 2883, prometheus: 2884 } as const

export interface Obproxy {
  /** Name the proxy shows itself under (`-n`). */
  readonly appName: string
  readonly osUser: string
  readonly listenPort: number
  readonly prometheusPort: number
}

/** A proxy finds a cluster by the SQL ports of its root servers, unlike observer's `-r`. */
const rootServiceList = (cluster: ClusterSpec): string =>
  rootServersOf(cluster)
    .map(({ ip }) => `${ip}:${cluster.sqlPort}`)
    .join(';')

const atHome = ({ listenPort }: Obproxy): Quoted => sh`name=obproxy home=${obproxyHome}
${daemonFunctions}
ready() { listening ${listenPort}; }`

/** Of a proxy that is not run by OCP's own metadb. Source: obdeploy plugins/obproxy. */
const fixedOptions = 'enable_strict_kernel_release=false,enable_cluster_checkout=false,enable_metadb_used=false'

/**
 * Starts the proxy (or adopts a running one) for a cluster; run as `osUser`. No password: peers give its digest in argv, here it goes
 * in through SQL, see linkStatements.
 */
export const startObproxy = (proxy: Obproxy, cluster: ClusterSpec): Quoted => sh`${atHome(proxy)}
if [ -z "$(running)" ]; then
  launch -r ${rootServiceList(cluster)} -p ${proxy.listenPort} -n ${proxy.appName} -c ${cluster.name} -o ${`prometheus_listen_port=${proxy.prometheusPort},${fixedOptions}`} || exit 1
fi
state`

/** Stops the proxy of this home and waits until its ports are free; run as `osUser`. */
export const stopObproxy = (proxy: Obproxy): Quoted => sh`${atHome(proxy)}
[ -z "$(running)" ] || stop ${proxy.listenPort} ${proxy.prometheusPort} || exit 1
state`

/** What the two scripts above print last: `obproxy <pid>` or `obproxy none`. */
export const readObproxyState = readState('obproxy')

/** `root@proxysys` on the listen port: who may change a proxy's configuration. */
export const obproxyAdmin = 'root@proxysys'

/**
 * What makes a proxy serve this cluster, the password first: with the list it logs in at once. The password is the plain one, the
 * proxy digests it when it comes by SQL. Source: obdeploy plugins/obproxy/3.1.0/bootstrap.py.
 */
export const linkStatements = (cluster: ClusterSpec, proxyroPassword: Secret): readonly Quoted[] => [
  sql`ALTER PROXYCONFIG SET observer_sys_password = ${proxyroPassword}`,
  sql`ALTER PROXYCONFIG SET rootservice_cluster_name = ${cluster.name}`,
  sql`ALTER PROXYCONFIG SET rootservice_list = ${rootServiceList(cluster)}`,
]

/** Takes the cluster away from a proxy again. */
export const unlinkStatements = (): readonly Quoted[] => [
  sql`ALTER PROXYCONFIG SET rootservice_list = ''`,
  sql`ALTER PROXYCONFIG SET rootservice_cluster_name = ''`,
  sql`ALTER PROXYCONFIG SET observer_sys_password = ''`,
]

/** User name that proves the link through the proxy's listen port. */
export const throughProxy = (cluster: Pick<ClusterSpec, 'name'>): string => `root@sys#${cluster.name}`
