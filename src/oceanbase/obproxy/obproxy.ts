import { createHash } from 'node:crypto'
import { Quoted, Secret, sh, sql } from '../../quote.ts'
import { type ClusterSpec, rootServersOf } from '../cluster.ts'
import { daemonFunctions, readState } from '../observer/daemon.ts'

/** The binary's own default of the listen port is 6688; everyone sets 2883. */
export const obproxyPorts = { listen: 2883, prometheus: 2884, rpc: 2885 } as const

/**
 * The first version that has an RPC service, on by default. Source: obdeploy
 * plugins/obproxy/4.3.0/parameter.yaml (4.2.3's has none); obproxy ob_proxy_config.h:520.
 */
const rpcServiceFrom = '4.3.0'

/** The ports that a proxy of a version listens on. */
export function portsOf(
  { version }: { readonly version: string },
  { sqlPort, exporterPort }: { readonly sqlPort: number; readonly exporterPort: number },
  startupParameters: Obproxy['startupParameters'],
): number[] {
  const set = new Map(startupParameters.map(({ name, value }) => [name, value]))
  const serves =
    version.localeCompare(rpcServiceFrom, 'en', { numeric: true }) >= 0 &&
    !/^(false|0|off|no|f)$/i.test(set.get('enable_obproxy_rpc_service') ?? '')
  const rpc = Number(set.get('rpc_listen_port') ?? obproxyPorts.rpc)
  return [sqlPort, exporterPort, ...(serves || set.has('rpc_listen_port') ? [rpc] : [])]
}

export interface Obproxy {
  /** Where its package puts it. */
  readonly home: string
  /** Name the proxy shows itself under (`-n`). */
  readonly appName: string
  readonly osUser: string
  readonly listenPort: number
  readonly prometheusPort: number
  /** All that it listens on: see portsOf. */
  readonly ports: readonly number[]
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
  home,
  listenPort,
}: Pick<Obproxy, 'home' | 'listenPort'>): Quoted => sh`name=obproxy home=${home}
${daemonFunctions}
ready() { listening ${listenPort}; }`

/** Of a proxy that is not run by OCP's own metadb. Source: obdeploy plugins/obproxy. */
const fixedOptions = {
  enable_strict_kernel_release: 'false',
  enable_cluster_checkout: 'false',
  enable_metadb_used: 'false',
}

/**
 * Secret as a whole: a password's digest is as good as the password. On the host everyone can read
 * it, so that the password is one of this start alone; obproxy takes it in no other way (of the
 * environment it reads observer_sys_password only: ob_proxy.cpp:322).
 */
const options = (proxy: Obproxy, source: ClusterSource, password: Secret): Secret => {
  const values = {
    obproxy_sys_password: createHash('sha1').update(password.reveal()).digest('hex'),
    prometheus_listen_port: proxy.prometheusPort,
    ...fixedOptions,
    ...Object.fromEntries(proxy.startupParameters.map(({ name, value }) => [name, value])),
    ...('configUrl' in source && { obproxy_config_server_url: source.configUrl }),
  }
  return new Secret(
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  )
}

/**
 * Starts the proxy (or adopts a running one); run as `osUser`. `password` is its administrator's
 * until setAdminPassword gives it the real one: from 4.3.1 on a proxy has one from the start, which
 * nobody knows (obproxy ob_proxy_config.h:483). Flags win over what a proxy has kept
 * (ob_proxy.cpp:711, init_local_config).
 */
export const startObproxy = (
  proxy: Obproxy,
  source: ClusterSource,
  password: Secret,
): Quoted => sh`${atHome(proxy)}
if [ -z "$(running)" ]; then
  launch ${'cluster' in source ? ['-r', rootServiceList(source.cluster), '-c', source.cluster.name] : []} -p ${proxy.listenPort} -n ${proxy.appName} -o ${options(proxy, source, password)} || exit 1
fi
state`

/** Stops the proxy of this home and waits until its ports are free; run as `osUser`. */
export const stopObproxy = (
  proxy: Pick<Obproxy, 'home' | 'listenPort' | 'ports'>,
): Quoted => sh`${atHome(proxy)}
[ -z "$(running)" ] || stop ${proxy.ports} || exit 1
state`

/** What the two scripts above print last: `obproxy <pid>` or `obproxy none`. */
export const readObproxyState = readState('obproxy')

/** `root@proxysys` on the listen port: who may change a proxy's configuration. */
export const obproxyAdmin = 'root@proxysys'

/** The administrator's password; a proxy of an older release has none until then. */
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
