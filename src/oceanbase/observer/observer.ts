import { joined, type Quoted, sh } from '../../quote.ts'
import { type ClusterSpec, rootServersOf, type ServerSpec } from '../cluster.ts'
import { defaultParametersOf, lineOf } from '../versions.ts'
import { daemonFunctions, readState } from './daemon.ts'
import { layoutOf } from './layout.ts'

/*
 * Scripts about the observer of one home. An observer is known by its working directory and command
 * line, never by its name alone: other observers may live on the host. All run as the cluster's OS
 * user and print the state last.
 */

/**
 * What is wrong with its parameters or its store an observer finds within 3 seconds (obd waits as
 * long); one that lives on without its port is busy, e.g. making its data file.
 */
const settledTries = 30

const atHome = (cluster: ClusterSpec): Quoted => sh`name=observer home=${layoutOf(cluster).home}
${daemonFunctions}
ready() { recorded >/dev/null && { listening ${cluster.sqlPort} || [ "$tries" -ge ${settledTries} ]; }; }`

/** Startup parameters as they are used: the posted ones, else the line's own. */
export const startupParametersOf = ({
  startupParameters,
  version,
}: Pick<ClusterSpec, 'startupParameters' | 'version'>) =>
  startupParameters.length > 0 ? startupParameters : defaultParametersOf(version)

/** `-r`: one server of each zone, `ip:rpc:sql`. */
const rootServiceList = (cluster: ClusterSpec): string =>
  rootServersOf(cluster)
    .map(({ ip }) => `${ip}:${cluster.rpcPort}:${cluster.sqlPort}`)
    .join(';')

/** `-o`: startup parameters, and where copies of all parameters are kept. */
const options = (cluster: ClusterSpec): string =>
  [
    ...startupParametersOf(cluster).map(({ name, value }) => `${name}=${value}`),
    `config_additional_dir=${layoutOf(cluster).configCopies.join(';')}`,
  ].join(',')

/**
 * All flags of a first start but the address. Source: oceanbase-doc, "Deploy manually"; the same in
 * 2.2, 3.x and 4.x.
 */
export const startFlags = (
  cluster: ClusterSpec,
  server: ServerSpec,
): readonly (string | number)[] => [
  ...['-r', rootServiceList(cluster)],
  ...['-p', cluster.sqlPort],
  ...['-P', cluster.rpcPort],
  ...['-z', server.zone],
  ...['-c', cluster.obClusterId],
  ...['-n', cluster.name],
  ...['-d', layoutOf(cluster).store],
  ...['-l', 'INFO'],
  ...['-o', options(cluster)],
]

/**
 * Sets `address`: `-I ip`, or `-i device` with the device that carries the ip, guessed by no name.
 */
const addressFlag = (cluster: ClusterSpec, server: ServerSpec, device?: string): Quoted => {
  if (lineOf(cluster.version).addressFlag === 'ip') return sh`address=(-I ${server.ip})`
  if (device !== undefined) return sh`address=(-i ${device})`
  return sh`device=$(ip -o address show to ${server.ip} | awk '{ print $2; exit }')
[ -n "$device" ] || { echo "no network device has the address "${server.ip} >&2; exit 1; }
address=(-i "\${device%%@*}")`
}

export interface StartOptions {
  /** Network device of the server's address; looked up on the host unless told. */
  readonly device?: string
}

/**
 * First start, with all flags; adopts an observer of this home that runs already. Exit 1 and the
 * reason when it does not stay up.
 */
export const startObserver = (
  cluster: ClusterSpec,
  server: ServerSpec,
  { device }: StartOptions = {},
): Quoted => sh`${atHome(cluster)}
if [ -z "$(running)" ]; then
  ${addressFlag(cluster, server, device)}
  launch "\${address[@]}" ${startFlags(cluster, server)} || exit 1
fi
state`

/**
 * Starts an observer that ran before, without flags: it reads its saved parameters. Adopts one that
 * runs.
 */
export const startAgain = (cluster: ClusterSpec): Quoted => sh`${atHome(cluster)}
[ -n "$(running)" ] || launch || exit 1
state`

/**
 * Stops this home's observer, waits until its ports are free and starts it without flags: it reads
 * its saved parameters.
 */
export const restartObserver = (cluster: ClusterSpec): Quoted => sh`${atHome(cluster)}
stop ${cluster.sqlPort} ${cluster.rpcPort} || exit 1
launch || exit 1
state`

/** Stops this home's observer, if any, and waits until its ports are free. */
export const stopObserver = (cluster: ClusterSpec): Quoted => sh`${atHome(cluster)}
[ -z "$(running)" ] || stop ${cluster.sqlPort} ${cluster.rpcPort} || exit 1
state`

/** Looks for this home's observer. Read the answer with `readObserverState`. */
export const observerState = (cluster: ClusterSpec): Quoted => sh`${atHome(cluster)}
state`

/**
 * Prints when this home's observer was started, in seconds of its host's clock; nothing when none
 * runs. It writes its pid file as it starts, and start_service_time by the same clock. Source:
 * oceanbase src/observer/main.cpp, start_daemon.
 */
export const observerStart = (cluster: ClusterSpec): Quoted => sh`${atHome(cluster)}
if recorded >/dev/null; then stat -L -c 'started %.3Y' "$home/run/$name.pid"; fi`

/** Epoch milliseconds of what `observerStart` prints. */
export const readObserverStart = (stdout: string): number | undefined => {
  const [, seconds] = /^started (\d+(?:[.,]\d+)?)$/m.exec(stdout) ?? []
  return seconds === undefined ? undefined : Number(seconds.replace(',', '.')) * 1000
}

/** What the scripts above print last: `observer <pid>` or `observer none`. */
export const readObserverState = readState('observer')

/** Bytes of a log that are looked at from its end. */
const tailBytes = 8_000_000

const errors = ' (ERROR|EDIAG) '
const warnings = '(WARN|WDIAG) .*ret=-[0-9]'

/**
 * Where an observer says why: log/alert/alert.log, which 4.2.2 and later write for people; of a
 * BOOTSTRAP rootservice.log; else observer.log. WARN, with a return code, only where no error
 * stands: on 4.x it is mostly noise. Source: oceanbase deps/oblib/src/lib/oblog/ob_log.cpp.
 */
const places = {
  start: [
    ['alert/alert.log', 'ERROR'],
    ['observer.log', errors, warnings],
  ],
  bootstrap: [
    ['alert/alert.log', 'ERROR'],
    ['rootservice.log', `${errors}|\\[BOOTSTRAP\\].*ret=-[0-9]`, warnings],
    ['observer.log', errors],
  ],
} as const

/** The last lines of the logs that tell of an error, each log under its name. */
export const errorTail = (
  cluster: ClusterSpec,
  of: keyof typeof places = 'start',
  lines = 12,
): Quoted => {
  const tails = places[of].map((words) => sh`tail_of ${words}`)
  return sh`cd ${layoutOf(cluster).log} || exit 0
tail_of() {
  local file=$1 pattern found
  [ -r "$file" ] || return 0
  shift
  for pattern in "$@"; do
    found=$(tail -c ${tailBytes} "$file" | grep -aE -e "$pattern" | tail -n ${lines} | cut -c 1-500)
    if [ -n "$found" ]; then echo "$file:"; echo "$found"; return 0; fi
  done
}
${joined(tails, '\n')}`
}
