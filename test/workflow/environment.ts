import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineSearchAttributeKey } from '@temporalio/common'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker'
import { eq } from 'drizzle-orm'
import { createClusterPlan } from '../../src/operations/createCluster.ts'
import { createObproxyClusterPlan } from '../../src/operations/createObproxyCluster.ts'
import { createStandbyClusterPlan } from '../../src/operations/createStandbyCluster.ts'
import { deleteClusterPlan } from '../../src/operations/deleteCluster.ts'
import { deleteObproxyClusterPlan } from '../../src/operations/deleteObproxyCluster.ts'
import { deleteStandbyClusterPlan } from '../../src/operations/deleteStandbyCluster.ts'
import type { OperationName } from '../../src/operations/index.ts'
import { linkObproxyPlan } from '../../src/operations/linkObproxy.ts'
import { prepareHostPlan, prepareHostsPlan } from '../../src/operations/prepareHost.ts'
import { restartClusterPlan } from '../../src/operations/restartCluster.ts'
import { unlinkObproxyPlan } from '../../src/operations/unlinkObproxy.ts'
import type { Ask } from '../../src/plan/ask.ts'
import type { Targets } from '../../src/plan/expand.ts'
import type { NodeInput } from '../../src/plan/node.ts'
import { type Plan, stagesIn } from '../../src/plan/plan.ts'
import { searchAttributes } from '../../src/plan/run.ts'
import type { TaskStatus } from '../../src/plan/states.ts'
import { insertTask, type TaskWithSubtasks } from '../../src/store/newTask.ts'
import * as schema from '../../src/store/schema/index.ts'
import { taskBook } from '../../src/worker/book.ts'
import { subtaskInterceptor } from '../../src/worker/interceptor.ts'
import { runSpans } from '../../src/worker/runSpans.ts'
import * as messages from '../../src/workflows/messages.ts'
import { openTestStore, type TestStore } from '../store/database.ts'
import { newCluster, packageNamed, sampleRpm } from '../store/inventory.ts'
import { bundle, quiet } from '../support/bundle.ts'

const tool = (name: string) => fileURLToPath(new URL(`../../.tools/bin/${name}`, import.meta.url))

/** Temporal's time-skipping test server with obflow's search attributes, and a store. */
export interface Environment extends TestWorkflowEnvironment {
  readonly opened: TestStore
}

/** `dev` is Temporal's dev server: it cannot skip time, and can reset runs. */
export async function startEnvironment(
  kind: 'skipping' | 'dev' = 'skipping',
  /** Of the dev server, as `--dynamic-config-value` takes them. */
  settings: readonly string[] = [],
): Promise<Environment> {
  Runtime.install({
    logger: quiet,
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  })
  const executable = (name: string) =>
    ({ executable: { type: 'existing-path', path: tool(name) } }) as const
  const environment =
    kind === 'dev'
      ? await TestWorkflowEnvironment.createLocal({
          server: {
            ...executable('temporal'),
            extraArgs: settings.flatMap((setting) => ['--dynamic-config-value', setting]),
          },
        })
      : await TestWorkflowEnvironment.createTimeSkipping({
          server: executable('temporal-test-server'),
        })
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributes).map((name) => [name, 2])),
  })
  const opened = await openTestStore()
  const teardown = environment.teardown.bind(environment)
  return Object.assign(environment, {
    opened,
    async teardown() {
      await teardown()
      await opened.close()
    },
  })
}

/** One call of a node as a stub saw it. */
export interface Call extends NodeInput {
  readonly activity: string
}

/** What a stub does instead of real work; the default succeeds. */
export type Behaviour = (call: Call) => Promise<void> | void

/** A task that is accepted: of which operation, over how many hosts. */
export interface Accepted {
  readonly workflow: OperationName
  readonly plan: Plan
  readonly hosts: number
  readonly obproxyClusterId?: number
}

export const aCreate = (hosts = 1): Accepted => ({
  workflow: 'createCluster',
  plan: createClusterPlan,
  hosts,
})

export function targetsOf(hosts: number): Targets {
  const zoneOf = (index: number): string => `zone${(index % 3) + 1}`
  const indexes = Array.from({ length: hosts }, (_, index) => index)
  return {
    hosts: indexes.map((index) => ({
      id: index + 1,
      ip: `10.0.0.${index + 1}`,
      zone: zoneOf(index),
    })),
    zones: [...new Set(indexes.map(zoneOf))],
  }
}

/** What operations look at before they are accepted: the cluster or the proxies of the task. */
async function place(tx: TestStore['db'], { workflow, obproxyClusterId }: Accepted): Promise<void> {
  if (obproxyClusterId !== undefined) {
    const status = workflow === 'deleteObproxyCluster' ? 'DELETING' : 'CREATING'
    const proxies = {
      name: 'odp',
      address: '10.0.0.1',
      port: 2883,
      workMode: 'CONFIG_URL',
      creator: 'admin',
    } as const
    await tx.insert(schema.obproxyClusters).values({ id: obproxyClusterId, ...proxies, status })
    return
  }
  const [rpm] = await tx.insert(schema.packages).values(packageNamed(sampleRpm)).returning()
  const { name, rpmName, primaryZone, sqlPort, rpcPort, installPath, dataPath, logPath, osUser } =
    newCluster()
  await tx.insert(schema.clusters).values({
    ...{
      id: 1,
      name,
      obClusterId: 1,
      type: 'PRIMARY',
      version: '2.2.73',
      packageId: rpm?.id ?? 0,
      rpmName,
    },
    ...{
      primaryZone,
      sqlPort,
      rpcPort,
      installPath,
      dataPath,
      logPath,
      osUser,
      startupParameters: [],
    },
    ...{
      obproxyClusterIds: [],
      creator: 'admin',
      status: workflow === 'createCluster' ? 'CREATING' : 'DELETING',
    },
  })
}

/** Accepts a task as the store's own acceptances do, with no more around it than it needs. */
export const accept = (
  { opened }: Pick<Environment, 'opened'>,
  accepted: Accepted,
): Promise<TaskWithSubtasks> =>
  opened.db.transaction(async (tx) => {
    const { workflow, plan, hosts, obproxyClusterId } = accepted
    await place(tx, accepted)
    return insertTask(tx, {
      workflow,
      plan,
      targets: targetsOf(hosts),
      context: { stringMap: {}, listMap: {} },
      creator: { id: 100, name: 'admin' },
      ...(obproxyClusterId === undefined
        ? { cluster: { id: 1, name: 'terran', obClusterId: 1, type: 'PRIMARY' } }
        : { obproxyClusterId }),
    })
  })

export type Scene = Awaited<ReturnType<typeof startRun>>

/** Runs an accepted task with stub nodes; `act` gets the run while the worker lives. */
export async function withTask<T>(
  environment: Environment,
  accepted: Accepted,
  behave: Behaviour,
  act: (scene: Scene) => Promise<T>,
  /** What the worker has instead of the environment's store. */
  store = environment.opened.store,
): Promise<T> {
  const calls: Call[] = []
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
      ...Object.fromEntries(nodeNames.map((name) => [name, stub(name)])),
      ...taskBook(store),
    },
    interceptors: { activity: [subtaskInterceptor(store, new Set(nodeNames))] },
    sinks: runSpans(store.tasks.trace),
    // Cancellation reaches an activity with its heartbeats.
    maxHeartbeatThrottleInterval: '200ms',
    defaultHeartbeatThrottleInterval: '200ms',
  })
  return worker.runUntil(async () => act(await startRun(environment, taskQueue, accepted, calls)))
}

async function startRun(
  environment: Environment,
  taskQueue: string,
  accepted: Accepted,
  calls: Call[],
) {
  const { client, opened } = environment
  const task = await accept(environment, accepted)
  const { id: taskId, workflow, workflowId } = task
  const options = {
    taskQueue,
    workflowId,
    args: [{ taskId }],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey(searchAttributes.cluster, 'KEYWORD'), value: 'terran' },
      { key: defineSearchAttributeKey(searchAttributes.status, 'KEYWORD'), value: 'RUNNING' },
    ],
  }
  const handle = await client.workflow.start(workflow, options)
  const row = async () => {
    const now = await opened.store.tasks.get(taskId)
    if (!now) throw new Error(`task ${taskId} is gone`)
    return now
  }
  const recorded = async (status: TaskStatus): Promise<void> => {
    while ((await row()).status !== status) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    handle,
    task,
    calls,
    row,
    /** The subtask of this activity, the first of several. */
    subtask: (activity: string) => {
      const found = task.subtasks.find((subtask) => subtask.activity === activity)
      if (!found) throw new Error(`no subtask does ${activity}`)
      return found
    },
    /** Resolves when the task has this status in the store. */
    recorded,
    /** Resolves when the run has ended and the task is done. */
    async done(): Promise<void> {
      await handle.result()
      await recorded('SUCCESSFUL')
    },
    /** Accepts an operation and tells the run, as the API does. */
    async operate(ask: Ask): Promise<void> {
      await opened.operations.operate(taskId, ask)
      await client.workflow.signalWithStart(workflow, { ...options, signal: messages.changed })
    },
    /** Starts the run again as the API does when Temporal has lost it. */
    again: () => client.workflow.start(workflow, options),
    state: () => handle.query(messages.progress),
    details: async () =>
      (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata'))
        .currentDetails ?? '',
    /** Gives the task's rows other values. */
    async setTask(values: Partial<typeof schema.tasks.$inferInsert>): Promise<void> {
      await opened.db.update(schema.tasks).set(values).where(eq(schema.tasks.id, taskId))
    },
  }
}

/** A plan of each operation, over so many hosts. */
export const planOf = (hosts: number): Readonly<Record<OperationName, Plan>> => ({
  createCluster: createClusterPlan,
  createStandbyCluster: createStandbyClusterPlan,
  deleteCluster: deleteClusterPlan,
  deleteStandbyCluster: deleteStandbyClusterPlan,
  restartCluster: restartClusterPlan(targetsOf(hosts)),
  createObproxyCluster: createObproxyClusterPlan(hosts),
  deleteObproxyCluster: deleteObproxyClusterPlan(hosts),
  linkObproxy: linkObproxyPlan,
  unlinkObproxy: unlinkObproxyPlan,
  prepareHost: prepareHostPlan,
  prepareHosts: prepareHostsPlan,
})

const nodeNames = [
  ...new Set(
    [1, 3]
      .flatMap((hosts) => Object.values(planOf(hosts)))
      .flatMap(stagesIn)
      .flatMap(({ activity, undo }): string[] => (undo ? [activity, undo] : [activity])),
  ),
]
