import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { workflowId } from '../../src/plan/run.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A file that is not there yet: a history that was recorded with older code stays, for runs like it may be under way. */
function freeFile(name: string, number = 1): URL {
  const file = new URL(`histories/${name}${number === 1 ? '' : `-${number}`}.json`, import.meta.url)
  return existsSync(file) ? freeFile(name, number + 1) : file
}

/** With OBFLOW_RECORD=1, keeps a create's history for the replay test, without this machine's paths and name. */
export async function recordHistory(temporal: Client, taskId: number, name: string): Promise<void> {
  if (process.env.OBFLOW_RECORD !== '1') return
  const history = await temporal.workflow.getHandle(workflowId('createCluster', taskId)).fetchHistory()
  const text = JSON.stringify(JSON.parse(historyToJSON(history)), undefined, 1)
    .replaceAll(root, '')
    .replace(/[^\s("]*\/node_modules\//g, 'node_modules/')
    .replace(/obflow@[\w.-]+:\d+/g, 'obflow@worker')
    .replace(/"\d+@[\w.-]+"/g, '"client"')
  writeFileSync(freeFile(name), `${text}\n`)
}
