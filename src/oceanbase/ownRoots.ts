import { basename, dirname } from 'node:path'
import { ledger } from '../host/index.ts'
import { joined, type Quoted, sh } from '../quote.ts'
import type { ClusterSpec } from './cluster.ts'
import { layoutOf } from './layout.ts'

/** A tree of a cluster on a host, and whether this task made it (its mark says so). */
export interface OwnRoot {
  readonly path: string
  readonly owner: 'ours' | 'missing' | 'foreign'
}

/** Says of each tree of a cluster whose it is. Run as root; read the answer with `readOwnRoots`. */
export const ownRoots = (cluster: ClusterSpec, taskId: number): Quoted => sh`${ledger(taskId)}
for root in ${layoutOf(cluster).ownRoots}; do
  if [ ! -e "$root" ]; then echo "missing $root"
  elif ours "$root"; then echo "ours $root"
  else echo "foreign $root"
  fi
done`

export const readOwnRoots = (stdout: string): OwnRoot[] =>
  stdout.split('\n').flatMap((line) => {
    const [, owner, path] = /^(ours|missing|foreign) (.+)$/.exec(line) ?? []
    return path !== undefined && (owner === 'ours' || owner === 'missing' || owner === 'foreign') ? [{ path, owner }] : []
  })

/**
 * Takes away what an observer wrote, so that its trees are as "Make dir for ob" left them; refuses when one of them is not this task's.
 * The observer must be stopped. Logs are kept under another name, or removed with the task's own notes when the task is taken back.
 * Source: what the manual and obd's destroy remove (data, redo, store, etc/*config*, run). Run as root.
 */
export const emptyOwnRoots = (cluster: ClusterSpec, taskId: number, logs: 'set aside' | 'removed'): Quoted => {
  const layout = layoutOf(cluster)
  const kept = [...layout.links.map(({ path }) => path), ...layout.links.map(({ target }) => target)]
  const empties = layout.ownRoots.map(
    (root) => sh`empty ${root} ${kept.filter((path) => dirname(path) === root).map((path) => basename(path))}`,
  )
  const logFiles = sh`find ${layout.log} -maxdepth 1 -type f -regex ${'.*/\\(observer\\|election\\|rootservice\\|trace\\|alert\\)\\.log.*'}`
  const handleLogs = {
    'set aside': sh`[ ! -s ${layout.observerLog} ] || mv ${layout.observerLog} ${layout.observerLog}.$(date +%Y%m%d%H%M%S)`,
    removed: sh`[ ! -d ${layout.log} ] || ${logFiles} -delete
rm -f -- "$ledger"/bootstrap "$ledger"/restarted-*
[ -e "$made" ] || close_ledger`,
  }[logs]
  return sh`${ledger(taskId)}
for root in ${layout.ownRoots}; do
  [ ! -e "$root" ] || ours "$root" || { echo "$root was not made by this task" >&2; exit 1; }
done
empty() {
  local root=$1 name keep=(! -name "$mark")
  shift
  [ -d "$root" ] || return 0
  for name; do
    keep+=(! -name "$name")
    [ -L "$root/$name" ] || [ ! -d "$root/$name" ] || find "$root/$name" -xdev -mindepth 1 -delete
  done
  find "$root" -xdev -mindepth 1 -maxdepth 1 "\${keep[@]}" -exec rm -rf -- {} +
}
${joined(empties, '\n')}
[ ! -d ${layout.etc} ] || find ${layout.etc} -maxdepth 1 -type f -name ${'observer.conf*bin*'} -delete
[ ! -d ${layout.run} ] || find ${layout.run} -mindepth 1 -delete
${handleLogs}`
}
