import { z } from 'zod'
import { subtaskStatuses, taskStatuses } from '../plan/states.ts'

const text = z.string().nullish()
const moment = z.iso.datetime({ offset: true }).nullish()

const subtask = z.object({
  id: z.number(),
  name: z.string(),
  status: z.enum(subtaskStatuses),
  operation: z.string(),
  parallelIdx: z.number().default(-1),
  runTime: z.number().nullish(),
  startTime: moment,
  finishTime: moment,
  upstreams: z.array(z.number()),
  downstreams: z.array(z.number()),
  prohibitSkip: z.boolean().nullish(),
  hostIp: text,
  zone: text,
  attempt: z.number().nullish(),
  lastMessage: text,
  error: z
    .object({
      code: z.union([z.string(), z.number()]),
      message: z.string(),
      advice: text,
      host: text,
    })
    .nullish(),
})

/** What is shown of `GET /api/v2/tasks/instances/{id}`; other fields are left aside. */
export const taskSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: z.enum(taskStatuses),
  operation: text,
  startTime: moment,
  finishTime: moment,
  cluster: z.object({ name: text }).nullish(),
  prohibitRollback: z.boolean().nullish(),
  subtasks: z.array(subtask),
})

/** An event `changes` of `GET /api/v2/tasks/instances/{id}/events`. */
export const taskChanges = z.object({
  task: taskSchema.pick({ status: true, operation: true, finishTime: true }),
  subtasks: z.array(subtask),
})

export type Task = z.infer<typeof taskSchema>
export type Subtask = z.infer<typeof subtask>
