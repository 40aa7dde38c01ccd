import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { workflowId } from '../../src/plan/run.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** With OBFLOW_RECORD=1, keeps a create's history for the replay test, without this machine's paths and name. */
export async function recordHistory(temporal: Client, taskId: number, name: string): Promise<void> {
  if (process.env.OBFLOW_RECORD !== '1') return
  const history = await temporal.workflow.getHandle(workflowId('createCluster', taskId)).fetchHistory()
  const text = JSON.stringify(JSON.parse(historyToJSON(history)), undefined, 1)
    .replaceAll(root, '')
    .replace(/obflow@[\w.-]+:\d+/g, 'obflow@worker')
    .replace(/"\d+@[\w.-]+"/g, '"client"')
  writeFileSync(new URL(`histories/${name}.json`, import.meta.url), `${text}\n`)
}
