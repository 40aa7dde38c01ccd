import { readFileSync } from 'node:fs'
import { Quoted, sh } from '../quote.ts'

/**
 * Where a host keeps what this project has on it: packages on their way, and a ledger for each
 * task. Root only.
 */
export const stateDirectory = '/var/lib/obflow'

/** Name of the mark in a tree that a task made; its content is the task's id. */
const mark = '.obflow-task'

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/**
 * Shell functions by which root works among files of other users; they expect `owner` and `task`.
 */
export const safeFiles = new Quoted(text('files.sh'), '')

const functions = new Quoted(text('ledger.sh'), '')

/**
 * The ledger's shell functions for one task, to stand at the start of a root script, which sets
 * `owner` before it makes or removes anything outside of the ledger. `state` is another directory
 * in tests only.
 */
export const ledger = (taskId: number, state: string = stateDirectory): Quoted =>
  sh`set -euo pipefail
export LC_ALL=C
task=${taskId} mark=${mark} state=${state}
${safeFiles}
${functions}`
