import { z } from 'zod'
import { permissionNames, roleNames } from '../auth/permissions.ts'
import { time } from './envelope.ts'

export const user = z
  .strictObject({
    createTime: time,
    id: z.int(),
    roles: z.array(z.string()),
    updateTime: time,
    username: z.string(),
  })
  .meta({ id: 'User' })

export const session = z
  .strictObject({
    expireTime: time.optional(),
    idleTimeout: z.number().min(0).optional(),
    permissions: z.array(z.enum(permissionNames)),
    temporalUi: z.string().optional(),
    user,
    version: z.string(),
  })
  .meta({ id: 'Session' })

/** Texts, numbers and lists of them: no generator of clients has a name for a choice of these. */
const auditedState = z.record(z.string(), z.unknown())

export const auditedCall = z
  .strictObject({
    address: z.string(),
    after: auditedState.optional(),
    before: auditedState.optional(),
    call: z.string(),
    id: z.int(),
    method: z.string(),
    path: z.string(),
    status: z.int(),
    taskId: z.int().optional(),
    time,
    traceId: z.string(),
    userId: z.int(),
    username: z.string(),
  })
  .meta({ id: 'AuditedCall' })

export const role = z
  .strictObject({ name: z.enum(roleNames), permissions: z.array(z.string()) })
  .meta({ id: 'Role' })

const keyFields = { accessKeyId: z.string(), createTime: time }
export const accessKey = z.strictObject(keyFields).meta({ id: 'AccessKey' })
export const createdAccessKey = z
  .strictObject({ ...keyFields, accessKeySecret: z.string() })
  .meta({ id: 'CreatedAccessKey' })
