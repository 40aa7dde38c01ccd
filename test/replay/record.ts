import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A file that is not there yet: a history that was recorded with older code stays, for runs like it
 * may be under way.
 */
function freeFile(name: string, number = 1): URL {
  const file = new URL(`histories/${name}${number === 1 ? '' : `-${number}`}.json`, import.meta.url)
  return existsSync(file) ? freeFile(name, number + 1) : file
}

/** The workflow id of a create's task; ids end with the task's. */
async function workflowOf(temporal: Client, taskId: number): Promise<string> {
  const runs = temporal.workflow.list({ query: "WorkflowType = 'createCluster'" })
  for await (const { workflowId } of runs) if (workflowId.endsWith(`-${taskId}`)) return workflowId
  throw new Error(`no run of task ${taskId}`)
}

/**
 * With OBFLOW_RECORD=1, keeps a run's history (its task's or workflow's id) for the replay test,
 * without this machine's paths and name.
 */
export async function recordHistory(
  temporal: Client,
  task: number | string,
  name: string,
): Promise<void> {
  if (process.env.OBFLOW_RECORD !== '1') return
  const workflowId = typeof task === 'string' ? task : await workflowOf(temporal, task)
  const history = await temporal.workflow.getHandle(workflowId).fetchHistory()
  const text = JSON.stringify(JSON.parse(historyToJSON(history)), undefined, 1)
    .replaceAll(root, '')
    .replace(/[^\s("]*\/node_modules\//g, 'node_modules/')
    .replace(/obflow@[\w.-]+:\d+/g, 'obflow@worker')
    .replace(/"\d+@[\w.-]+"/g, '"client"')
  writeFileSync(freeFile(name), `${text}\n`)
}
