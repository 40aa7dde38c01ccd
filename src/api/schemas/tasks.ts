import { z } from 'zod'
import {
  clusterTypes,
  operations,
  subtaskStatuses,
  taskStatuses,
  taskTypes,
} from '../../store/index.ts'
import { cause, finding, time } from './envelope.ts'

const creator = z.strictObject({ id: z.int(), name: z.string() })
const clusterOf = z.strictObject({
  id: z.int(),
  name: z.string(),
  obClusterId: z.int(),
  type: z.enum(clusterTypes),
})
const operation = z.enum(operations)
const ids = z.array(z.int())

/** OCP's SubtaskInstance, with the fields of both of its generations. */
export const subtask = z
  .strictObject({
    attempt: z
      .int()
      .min(0)
      .optional()
      .describe('attempts at this run so far; of a subtask at work'),
    createTime: time,
    description: z.string(),
    downstreams: ids,
    error: cause.optional(),
    executor: z.string().optional(),
    finishTime: time.optional(),
    hostId: z.int().optional(),
    hostIp: z.string().optional(),
    id: z.int(),
    join: z.boolean().optional().describe('true: it only waits for all of its upstreams'),
    lastMessage: z.string().optional().describe('how the last attempt failed that is made again'),
    name: z.string(),
    nodeType: z.literal('JAVA_TASK'),
    operation,
    parallelIdx: z.int().min(-1),
    prohibitRollback: z.boolean(),
    prohibitSkip: z.boolean(),
    runTime: z.int().min(1),
    seriesId: z.int().min(0),
    startTime: time.optional(),
    status: z.enum(subtaskStatuses),
    timeout: z.int().min(0).describe('seconds'),
    upstreams: ids,
    zone: z.string().optional().describe('the zone whose turn it is, where stages go zone by zone'),
  })
  .meta({ id: 'SubtaskInstance' })

const taskFields = {
  cluster: clusterOf.optional(),
  clusterId: z.int().optional(),
  createTime: time,
  executor: z.string().optional(),
  finishTime: time.optional(),
  hostId: z.int().optional(),
  id: z.int(),
  name: z.string(),
  obproxyClusterId: z.int().optional(),
  operation,
  prohibitRollback: z.boolean(),
  startTime: time,
  status: z.enum(taskStatuses),
  subtasks: z.array(subtask),
  taskDefinitionId: z.int(),
  temporalUrl: z.string().optional(),
  type: z.enum(taskTypes),
}

/** OCP's WrappedTaskInstance, with the flat ids and the printed context of its TaskInstance. */
export const task = z
  .strictObject({ ...taskFields, context: z.string(), creator })
  .meta({ id: 'WrappedTaskInstance' })

/** OCP's TaskInstance, whose creator is a plain name. */
export const hostTask = z
  .strictObject({ ...taskFields, context: z.string(), creator: z.string() })
  .meta({ id: 'TaskInstance' })

/** OCP's BasicTaskInstance: a line of the task list. */
export const basicTask = z
  .strictObject({
    cluster: clusterOf.optional(),
    creator,
    finishTime: time.optional(),
    hostId: z.int().optional(),
    id: z.int(),
    name: z.string(),
    obproxyClusterId: z.int().optional(),
    operation,
    startTime: time,
    status: z.enum(taskStatuses),
    subtasks: z.array(
      z.strictObject({
        description: z.string(),
        id: z.int(),
        name: z.string(),
        operation,
        status: z.enum(subtaskStatuses),
      }),
    ),
  })
  .meta({ id: 'BasicTaskInstance' })

const createdFields = {
  context: z.string(),
  creator,
  name: z.string(),
  startTime: time,
  status: z.enum(taskStatuses),
}
const createdSubtask = z.strictObject({
  description: z.string(),
  downstreams: ids,
  id: z.int(),
  name: z.string(),
  operation,
  status: z.enum(subtaskStatuses),
  upstreams: ids,
})

/**
 * The reply to a call that makes a task for a cluster, in the form of OCP's oldest samples;
 * `clusterId` is for the Terraform provider.
 */
export const createdTask = z
  .strictObject({
    ...createdFields,
    cluster: clusterOf.omit({ type: true }),
    clusterId: z.int(),
    id: z.int(),
    tasks: z.array(createdSubtask),
  })
  .meta({ id: 'CreatedTask' })

/** What is not there yet. */
const none = z.null().meta({ wire: { type: 'integer', nullable: true } })

/** The same for a dry run: no ids yet, and the findings against the create. */
export const plannedTask = z
  .strictObject({
    ...createdFields,
    admission: z.array(finding),
    cluster: z.strictObject({ id: none, name: z.string(), obClusterId: z.int().nullable() }),
    clusterId: none,
    id: none,
    preCheck: z.array(
      cause.extend({
        guide: z.string(),
        hostId: z.int(),
        item: z.string(),
        level: z.enum(['FATAL', 'WARN']),
      }),
    ),
    tasks: z.array(
      createdSubtask.extend({
        hostId: z.int().optional(),
        hostIp: z.string().optional(),
        parallelIdx: z.int().min(-1),
        timeout: z.int().min(0).describe('seconds'),
      }),
    ),
  })
  .meta({ id: 'PlannedTask' })

const changedHost = z.strictObject({
  change: z.enum(['MAKE', 'REMOVE']),
  hostId: z.int(),
  hostIp: z.string(),
  packages: z.array(z.string()),
  paths: z.array(z.string()),
  ports: ids,
  processes: z.array(z.string()),
})

/**
 * What a call with `dryRun=true` would do: its task with subtasks numbered from 1, what it would
 * change on each host, or the findings against it.
 */
export const rehearsal = z
  .strictObject({
    admission: z.array(finding),
    hosts: z.array(changedHost),
    id: none,
    name: z.string().nullable(),
    note: z.string().optional().describe('what else the call would mean'),
    tasks: z.array(
      z.strictObject({
        description: z.string(),
        downstreams: ids,
        hostId: z.int().optional(),
        hostIp: z.string().optional(),
        id: z.int(),
        name: z.string(),
        timeout: z.int().min(0).describe('seconds'),
        upstreams: ids,
        zone: z
          .string()
          .optional()
          .describe('the zone whose turn it is, where stages go zone by zone'),
      }),
    ),
  })
  .meta({ id: 'Rehearsal' })

export const subtaskLog = z.strictObject({ log: z.string() }).meta({ id: 'SubtaskLog' })
