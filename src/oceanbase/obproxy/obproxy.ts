import { Quoted, type Secret, sh, sql } from '../../quote.ts'
import { type ClusterSpec, rootServersOf } from '../cluster.ts'
import { daemonFunctions, readState } from '../observer/daemon.ts'

export const obproxyHome = '/opt/taobao/install/obproxy'
/** The binary's own default of the listen port is 6688; everyone sets 2883. */
export const obproxyPorts = { listen: 2883, prometheus: 2884 } as const

export interface Obproxy {
  /** Name the proxy shows itself under (`-n`). */
  readonly appName: string
  readonly osUser: string
  readonly listenPort: number
  readonly prometheusPort: number
  /** Further options of its start (`-o`); never a secret, everyone on the host can read them. */
  readonly startupParameters: readonly { readonly name: string; readonly value: string }[]
}

/**
 * Where a proxy learns of clusters: told of one (RS_LIST), or by asking (CONFIG_URL). It does not
 * start without either.
 */
export type ClusterSource = { readonly cluster: ClusterSpec } | { readonly configUrl: string }

/** A proxy finds a cluster by the SQL ports of its root servers, unlike observer's `-r`. */
const rootServiceList = (cluster: ClusterSpec): string =>
  rootServersOf(cluster)
    .map(({ ip }) => `${ip}:${cluster.sqlPort}`)
    .join(';')

const atHome = ({
  listenPort,
}: Pick<Obproxy, 'listenPort'>): Quoted => sh`name=obproxy home=${obproxyHome}
${daemonFunctions}
ready() { listening ${listenPort}; }`

/** Of a proxy that is not run by OCP's own metadb. Source: obdeploy plugins/obproxy. */
const fixedOptions = {
  enable_strict_kernel_release: 'false',
  enable_cluster_checkout: 'false',
  enable_metadb_used: 'false',
}

const options = (proxy: Obproxy, source: ClusterSource): string =>
  Object.entries({
    prometheus_listen_port: proxy.prometheusPort,
    ...fixedOptions,
    ...Object.fromEntries(proxy.startupParameters.map(({ name, value }) => [name, value])),
    ...('configUrl' in source && { obproxy_config_server_url: source.configUrl }),
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(',')

/**
 * Starts the proxy (or adopts a running one); run as `osUser`. No password: peers give its digest
 * in argv, here it goes in through SQL, see linkStatements.
 */
export const startObproxy = (proxy: Obproxy, source: ClusterSource): Quoted => sh`${atHome(proxy)}
if [ -z "$(running)" ]; then
  launch ${'cluster' in source ? ['-r', rootServiceList(source.cluster), '-c', source.cluster.name] : []} -p ${proxy.listenPort} -n ${proxy.appName} -o ${options(proxy, source)} || exit 1
fi
state`

/** Stops the proxy of this home and waits until its ports are free; run as `osUser`. */
export const stopObproxy = (
  proxy: Pick<Obproxy, 'listenPort' | 'prometheusPort'>,
): Quoted => sh`${atHome(proxy)}
[ -z "$(running)" ] || stop ${proxy.listenPort} ${proxy.prometheusPort} || exit 1
state`

/** What the two scripts above print last: `obproxy <pid>` or `obproxy none`. */
export const readObproxyState = readState('obproxy')

/** `root@proxysys` on the listen port: who may change a proxy's configuration. */
export const obproxyAdmin = 'root@proxysys'

/** The administrator's password; a proxy fresh from its package has none. */
export const setAdminPassword = (password: Secret): Quoted =>
  sql`ALTER PROXYCONFIG SET obproxy_sys_password = ${password}`

/** One parameter of a running proxy; the name has to be a word. */
export const setParameter = (name: string, value: string): Quoted =>
  sql`ALTER PROXYCONFIG SET ${word(name)} = ${value}`

const word = (name: string): Quoted => {
  if (!/^\w+$/.test(name)) throw new TypeError(`${name} is not the name of a parameter`)
  return new Quoted(name)
}

/**
 * How a proxy logs in to the clusters it serves. The password is the plain one, the proxy digests
 * it when it comes by SQL.
 */
export const proxyroStatement = (password: Secret): Quoted =>
  sql`ALTER PROXYCONFIG SET observer_sys_password = ${password}`

/**
 * What makes a proxy that is told its cluster serve this one, the password first: with the list it
 * logs in at once. Source: obdeploy plugins/obproxy/3.1.0/bootstrap.py.
 */
export const linkStatements = (
  cluster: ClusterSpec,
  proxyroPassword: Secret,
): readonly Quoted[] => [
  proxyroStatement(proxyroPassword),
  sql`ALTER PROXYCONFIG SET rootservice_cluster_name = ${cluster.name}`,
  sql`ALTER PROXYCONFIG SET rootservice_list = ${rootServiceList(cluster)}`,
]

/** Takes the cluster away from such a proxy again. */
export const unlinkStatements = (): readonly Quoted[] => [
  sql`ALTER PROXYCONFIG SET rootservice_list = ''`,
  sql`ALTER PROXYCONFIG SET rootservice_cluster_name = ''`,
  sql`ALTER PROXYCONFIG SET observer_sys_password = ''`,
]

/** User name that proves the link through the proxy's listen port. */
export const throughProxy = (cluster: Pick<ClusterSpec, 'name'>): string =>
  `root@sys#${cluster.name}`
