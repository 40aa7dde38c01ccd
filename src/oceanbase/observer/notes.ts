import { ledger } from '../../host/index.ts'
import { type Quoted, sh } from '../../quote.ts'
import type { ClusterSpec } from '../cluster.ts'
import { layoutOf } from './layout.ts'

/*
 * What a task must remember on a host over its own death, one small file each in the task's ledger.
 * All scripts here run as root.
 */

const notes = (taskId: number): Quoted => sh`${ledger(taskId)}
put() {
  install -d -m 700 "$state" "$ledger"
  echo "$2" >"$ledger/$1.new"
  sync "$ledger/$1.new"
  mv "$ledger/$1.new" "$ledger/$1"
}`

/**
 * Which process an observer is: its pid alone may come back, with its start time and the boot it
 * cannot.
 */
const identity = (cluster: ClusterSpec): Quoted => sh`identity() {
  local pid
  pid=$(cat ${layoutOf(cluster).pidFile} 2>/dev/null) && [ -r "/proc/$pid/stat" ] || return 0
  echo "$pid $(cut -d' ' -f22 "/proc/$pid/stat") $(cat /proc/sys/kernel/random/boot_id)"
}`

/** Notes that BOOTSTRAP is about to be sent to this process. */
export const noteBootstrapSent = (cluster: ClusterSpec, taskId: number): Quoted =>
  sh`${notes(taskId)}\n${identity(cluster)}\nput bootstrap "sent $(identity)"`

/** Notes that BOOTSTRAP was answered with a refusal: it runs no more. */
export const noteBootstrapRefused = (taskId: number): Quoted =>
  sh`${notes(taskId)}\nput bootstrap refused`

/** Notes that a server proved BOOTSTRAP to be done. */
export const noteBootstrapDone = (taskId: number): Quoted =>
  sh`${notes(taskId)}\nput bootstrap done`

/** What a leader logs at the end of BOOTSTRAP. Source: oceanbase src/observer/ob_service.cpp. */
const saysDone = 'succeed to do_boot_strap'

/**
 * Whether this task sent BOOTSTRAP before: `none`; `running` when the process it was sent to lives
 * and its answer was never seen, with the seconds since this was first asked; `ended` when that
 * process is gone; `refused`; `done`. `said-done` stands behind when a log says that it was done.
 * Read the answer with `readEarlierBootstrap`.
 */
export const earlierBootstrap = (
  cluster: ClusterSpec,
  taskId: number,
): Quoted => sh`${notes(taskId)}
${identity(cluster)}
noted=$(cat "$ledger/bootstrap" 2>/dev/null || true)
process=$(identity)
if [ "$noted" = "sent $process" ]; then
  noted="awaited $process"
  put bootstrap "$noted"
fi
said=
if [ -n "$noted" ] && grep -aqsF ${saysDone} ${layoutOf(cluster).log}/{observer,rootservice}.log*; then said=' said-done'; fi
if [ -z "$noted" ]; then echo none
elif [ "$noted" = done ]; then echo "done"
elif [ "$noted" = "awaited $process" ]; then echo "running $(($(date +%s) - $(stat -c %Y "$ledger/bootstrap")))$said"
elif [ "$noted" = refused ]; then echo "refused$said"
else echo "ended$said"
fi`

interface Sent {
  /** Whether a log of the host it was sent to says that it was done. */
  readonly saidDone: boolean
}

export type EarlierBootstrap =
  | { readonly state: 'none' }
  | { readonly state: 'done' }
  | (Sent & { readonly state: 'refused' })
  | (Sent & { readonly state: 'ended' })
  /** A host whose clock was set meanwhile tells another time, even a negative one. */
  | (Sent & { readonly state: 'running'; readonly awaitedSeconds: number })

/** What `earlierBootstrap` prints. */
export const readEarlierBootstrap = (stdout: string): EarlierBootstrap => {
  const [state, ...more] = stdout.trim().split(' ')
  const saidDone = more.includes('said-done')
  if (state === 'none' || state === 'done') return { state }
  if (state === 'running') return { state, saidDone, awaitedSeconds: Number(more[0]) }
  return { state: state === 'refused' ? 'refused' : 'ended', saidDone }
}

/** Notes that this run of a subtask has restarted the observer. */
export const noteRestarted = (taskId: number, run: string): Quoted =>
  sh`${notes(taskId)}\nput ${`restarted-${run}`} done`

/** Prints `restarted` when `noteRestarted` was done for this run. */
export const restartedAlready = (taskId: number, run: string): Quoted =>
  sh`${notes(taskId)}\n[ ! -e "$ledger/"${`restarted-${run}`} ] || echo restarted`

/** Notes that this task started a proxy which did not run before. */
export const noteProxyStarted = (taskId: number): Quoted =>
  sh`${notes(taskId)}\nput obproxy started`

/** Prints `started` when this task started the proxy. */
export const proxyStartedHere = (taskId: number): Quoted =>
  sh`${notes(taskId)}\ncat "$ledger/obproxy" 2>/dev/null || true`

/** Forgets it, and the ledger with it when nothing else is in there. */
export const forgetProxy = (taskId: number): Quoted =>
  sh`${notes(taskId)}\nrm -f -- "$ledger/obproxy"\n[ -e "$made" ] || close_ledger`
