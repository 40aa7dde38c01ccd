import { readFileSync } from 'node:fs'
import { ledger } from '../../host/index.ts'
import { Quoted, sh } from '../../quote.ts'
import type { ClusterSpec } from '../cluster.ts'
import { directoriesScript } from './directories.ts'
import { layoutOf } from './layout.ts'

/**
 * A directory of a cluster on a data or redo disk, and whether this task may write there (its mark
 * or its ledger says so).
 */
export interface DirectoryOwner {
  readonly path: string
  readonly owner: 'ours' | 'missing' | 'foreign'
}

const functions = new Quoted(
  readFileSync(new URL('emptyDirectories.sh', import.meta.url), 'utf8'),
  '',
)

const script = (cluster: ClusterSpec, taskId: number, act: Quoted): Quoted => {
  const { run, log } = layoutOf(cluster)
  return sh`${ledger(taskId)}${directoriesScript(cluster, sh`run=${run} log=${log}\n${functions}\n${act}`)}`
}

/** Says of each directory whose it is. Run as root; read the answer with `readDirectoryOwners`. */
export const directoryOwners = (cluster: ClusterSpec, taskId: number): Quoted =>
  script(cluster, taskId, sh`owners`)

export const readDirectoryOwners = (stdout: string): DirectoryOwner[] =>
  stdout.split('\n').flatMap((line) => {
    const [, owner, path] = /^(ours|missing|foreign) (.+)$/.exec(line) ?? []
    return path !== undefined && (owner === 'ours' || owner === 'missing' || owner === 'foreign')
      ? [{ path, owner }]
      : []
  })

/**
 * Leaves the directories as "Make dir for ob" did, with the log kept under another name: for a
 * first start once more. The observer must be stopped. What goes is what the manual and obd's
 * destroy remove (data, redo, saved parameters, pid). Run as root.
 */
export const emptyDirectories = (cluster: ClusterSpec, taskId: number): Quoted =>
  script(cluster, taskId, sh`empty_all\nset_log_aside`)

/**
 * When the task is taken back, logs and the task's notes go as well; what others put beside the
 * data stays.
 */
export const clearDirectories = (cluster: ClusterSpec, taskId: number): Quoted =>
  script(cluster, taskId, sh`empty_known\nremove_logs\nremove_notes`)
