import { z } from 'zod'

/** What the process around Temporal is told first. */
export const start = z.object({
  kind: z.literal('start'),
  dbFile: z.string().optional(),
  /** Users whose connections are passed on. */
  users: z.array(z.number()),
  /** Whether it has a network of its own, in which every port is free and nobody else is. */
  isolated: z.boolean(),
})
export type Start = z.infer<typeof start>

/** What comes with a listening socket. */
export const door = z.object({ kind: z.literal('door'), leadsTo: z.enum(['grpc', 'ui']) })
export type Door = z.infer<typeof door>

export const told = z.discriminatedUnion('kind', [start, door])

/** Temporal answers and its doors are open. */
export const ready = z.object({ kind: z.literal('ready') })
export type Ready = z.infer<typeof ready>
