import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../../quote.ts'
import type { ClusterSpec } from '../cluster.ts'
import { layoutOf } from './layout.ts'

const functions = new Quoted(readFileSync(new URL('directories.sh', import.meta.url), 'utf8'), '')

/**
 * The functions of directories.sh over a cluster's lists, and then `act`; to stand after the
 * ledger.
 */
export const directoriesScript = (cluster: ClusterSpec, act: Quoted): Quoted => {
  const layout = layoutOf(cluster)
  const directories = layout.directories.filter((path) => !layout.ownRoots.includes(path))
  return sh`owner=${cluster.osUser} etc=${layout.etc} roots=(${layout.ownRoots}) directories=(${directories})
links=(${layout.links.map(({ path }) => path)}) targets=(${layout.links.map(({ target }) => target)})
${functions}
${act}`
}

/**
 * Makes and links what is missing; a root script, to stand after the ledger. Prints what it made,
 * or `problem …` lines and makes nothing. Safe to repeat.
 */
export const makeDirectories = (cluster: ClusterSpec): Quoted =>
  directoriesScript(
    cluster,
    sh`problems=$(refuse)
[ -n "$problems" ] || { make_all; problems=$(prove); }
[ -z "$problems" ] || echo "$problems"`,
  )

/**
 * Removes what the task of the ledger made, with what observer wrote there, and says what it left.
 * Safe to repeat.
 */
export const removeDirectories = (cluster: ClusterSpec): Quoted =>
  directoriesScript(cluster, sh`remove_all`)
