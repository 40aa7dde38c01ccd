import { bigint, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createTime } from './columns.ts'

/** Fields of a thing that somebody changed. */
export type AuditedState = Readonly<
  Record<string, string | number | null | readonly (string | number)[]>
>

/** Who called what: every call of a known user that may change something. */
export const audit = pgTable(
  'audit',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    time: createTime(),
    // Copied: a row outlives its user.
    userId: integer().notNull(),
    username: text().notNull(),
    /** Where the call came from. */
    address: text().notNull(),
    /** The call's operationId. */
    call: text().notNull(),
    method: text().notNull(),
    /** Without its query. */
    path: text().notNull(),
    /** HTTP status of the answer. */
    status: integer().notNull(),
    /** The task that it is about, or that it made. */
    taskId: integer(),
    /** What it changed, as it was and as it is; no secret. */
    before: jsonb().$type<AuditedState>(),
    after: jsonb().$type<AuditedState>(),
    traceId: text().notNull(),
  },
  (table) => [
    index('audit_task').on(table.taskId, table.id),
    index('audit_username').on(table.username, table.id),
    index('audit_time').on(table.time),
  ],
)
