import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineSearchAttributeKey } from '@temporalio/common'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker'
import { createPrimaryCluster } from '../../src/plan/createCluster.ts'
import { createObproxyCluster } from '../../src/plan/createObproxyCluster.ts'
import { createStandbyCluster } from '../../src/plan/createStandbyCluster.ts'
import { deletePrimaryCluster } from '../../src/plan/deleteCluster.ts'
import { deleteObproxyCluster } from '../../src/plan/deleteObproxyCluster.ts'
import { linkObproxy, unlinkObproxy } from '../../src/plan/linkObproxy.ts'
import type { NodeInput } from '../../src/plan/node.ts'
import { type Decisions, type Run, searchAttributes } from '../../src/plan/run.ts'
import { createCluster } from '../../src/workflows/index.ts'
import * as messages from '../../src/workflows/messages.ts'
import { bundle, quiet } from '../support/bundle.ts'

const tool = (name: string) => fileURLToPath(new URL(`../../.tools/bin/${name}`, import.meta.url))

/** Temporal's time-skipping test server with obflow's search attributes. */
export async function startEnvironment(): Promise<TestWorkflowEnvironment> {
  Runtime.install({
    logger: quiet,
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  })
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: tool('temporal-test-server') } },
  })
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributes).map((name) => [name, 2])),
  })
  return environment
}

/** One activity call as a stub saw it: `preCheck@10.0.0.2`, the run it belongs to. */
export interface Call extends NodeInput {
  readonly activity: string
}

/** What a stub does instead of real work; the default succeeds. */
export type Behaviour = (call: Call) => Promise<void> | void

export const aRun = (hosts = 1, zones = 1): Run => ({
  taskId: 1000,
  firstSubtaskId: 10_000,
  creator: 'admin',
  clusterId: 1,
  clusterName: 'terran',
  hosts: Array.from({ length: hosts }, (_, index) => ({ id: index + 1, ip: `10.0.0.${index + 1}` })),
  zones: Array.from({ length: zones }, (_, index) => `zone${index + 1}`),
})

type Scene = Awaited<ReturnType<typeof start>>

/** Runs createCluster with stub activities; `act` gets the handle while the worker lives. */
export const withCreateCluster = <T>(
  environment: TestWorkflowEnvironment,
  run: Run,
  behave: Behaviour,
  act: (scene: Scene) => Promise<T>,
): Promise<T> => withWorkflow(environment, createCluster, run, behave, act)

/** The same with any operation's workflow. */
export async function withWorkflow<T>(
  environment: TestWorkflowEnvironment,
  workflow: (run: Run) => Promise<void>,
  run: Run,
  behave: Behaviour,
  act: (scene: Scene) => Promise<T>,
): Promise<T> {
  const calls: Call[] = []
  const decisions: Decisions[] = []
  const stub = (activity: string) => async (input: NodeInput) => {
    const call = { ...input, activity }
    calls.push(call)
    await behave(call)
  }
  const taskQueue = randomUUID()
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: bundle(),
    activities: {
      ...Object.fromEntries(activityNames.map((name) => [name, stub(name)])),
      record: async (batch: Decisions) => void decisions.push(batch),
    },
  })
  return worker.runUntil(async () => act(await start(environment, workflow, taskQueue, run, calls, decisions)))
}

async function start(
  environment: TestWorkflowEnvironment,
  workflow: (run: Run) => Promise<void>,
  taskQueue: string,
  run: Run,
  calls: Call[],
  decisions: Decisions[],
) {
  const handle = await environment.client.workflow.start(workflow, {
    taskQueue,
    workflowId: randomUUID(),
    args: [run],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey(searchAttributes.cluster, 'KEYWORD'), value: run.clusterName ?? '' },
      { key: defineSearchAttributeKey(searchAttributes.status, 'KEYWORD'), value: 'RUNNING' },
    ],
  })
  return {
    handle,
    calls,
    decisions,
    /** Resolves when the store was told that the task has this status. */
    async recorded(status: string): Promise<void> {
      while (decisions.at(-1)?.task.status !== status) await new Promise((resolve) => setImmediate(resolve))
    },
    state: () => handle.query(messages.progress),
    details: async () => (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '',
  }
}

const activityNames = [
  ...new Set(
    [
      createPrimaryCluster,
      createStandbyCluster,
      deletePrimaryCluster,
      createObproxyCluster(1),
      deleteObproxyCluster(1),
      linkObproxy,
      unlinkObproxy,
    ].flatMap(({ stages }) => stages.flatMap(({ activity, undo }): string[] => (undo ? [activity, undo] : [activity]))),
  ),
  'waitNode',
]
