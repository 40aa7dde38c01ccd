import { execFile } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Client, Connection } from '@temporalio/client'

/** What somebody does to a run in Temporal, with its Web UI or its command line. */
export interface RunButtons {
  terminate(): Promise<void>
  delete(): Promise<void>
  /** To the first workflow task that it completed, or to the last. */
  reset(to: 'first' | 'last'): Promise<void>
}

const namespace = 'default'

/** Buttons for the run of the create that is under way at this address. */
export function buttons(address: string, cluster: string): RunButtons {
  const withRun = async (
    act: (client: Client, workflowId: string, runId: string) => Promise<unknown>,
  ): Promise<void> => {
    const connection = await Connection.connect({ address })
    try {
      const client = new Client({ connection, namespace })
      const query = `ObflowCluster = '${cluster}' and WorkflowType = 'createCluster' and ExecutionStatus = 'Running'`
      for await (const { workflowId, runId } of client.workflow.list({ query }))
        return void (await act(client, workflowId, runId))
      throw new Error('no run of the create is under way')
    } finally {
      await connection.close()
    }
  }
  return {
    terminate: () =>
      withRun((client, id, runId) => client.workflow.getHandle(id, runId).terminate('a fault')),
    delete: () =>
      withRun((client, workflowId, runId) =>
        client.workflowService.deleteWorkflowExecution({
          namespace,
          workflowExecution: { workflowId, runId },
        }),
      ),
    reset: (to) =>
      withRun(async (client, workflowId, runId) => {
        const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
        const completed = (events ?? []).filter(
          (event) => event.workflowTaskCompletedEventAttributes,
        )
        await client.workflowService.resetWorkflowExecution({
          namespace,
          workflowExecution: { workflowId, runId },
          workflowTaskFinishEventId: completed.at(to === 'first' ? 0 : -1)?.eventId ?? null,
          requestId: `${runId}-${to}`,
          reason: 'a fault',
        })
      }),
  }
}

/** Files of one database, all of whose names begin with `path`; whoever uses them has stopped. */
const filesOf = async (path: string): Promise<string[]> =>
  (await readdir(dirname(path)))
    .filter((name) => name.startsWith(basename(path)) && !name.endsWith(kept))
    .map((name) => join(dirname(path), name))

const kept = '.kept'

/** With the owners, whom PostgreSQL insists on. */
const copyWhole = (from: string, to: string) => promisify(execFile)('cp', ['-a', '--', from, to])

/** Removes a database. */
export async function remove(path: string): Promise<void> {
  for (const file of await filesOf(path)) await rm(file, { recursive: true, force: true })
}

/**
 * Puts a database back to what it was at the last call; the first call only keeps what there is.
 */
export function backups(path: string): { goBack(): Promise<void>; forget(): void } {
  let earlier: string[] = []
  let calls = 0
  return {
    async goBack() {
      calls += 1
      const now = await filesOf(path)
      const copies: string[] = []
      for (const file of now) {
        const copy = `${file}.${calls}${kept}`
        await copyWhole(file, copy)
        copies.push(copy)
      }
      if (earlier.length > 0) {
        await remove(path)
        for (const copy of earlier) {
          await copyWhole(copy, copy.replace(`.${calls - 1}${kept}`, ''))
        }
      }
      earlier = copies
    },
    /** The next call is the first one again. */
    forget() {
      earlier = []
    },
  }
}
