import type { RouteOptions } from 'fastify'
import { z } from 'zod'

/** What a call is for and how it answers when all is well; how it fails is the same for all. */
export interface Call {
  readonly tag: Tag
  /** Its name in generated clients, one of its own. */
  readonly id: string
  readonly summary: string
  readonly description?: string
  /** JSON in the shape of this schema. */
  readonly reply?: z.ZodType
  /** Another content type than JSON. */
  readonly bare?: { readonly type: string; readonly schema: z.ZodType }
  /** A form field that takes a file. */
  readonly upload?: string
  /** HTTP statuses beside 200 that mean an answer and not an error, with that shape. */
  readonly also?: Readonly<Record<number, z.ZodType>>
  /** The shape of its refusals where it is not OCP's. */
  readonly refusal?: z.ZodType
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Describes the call; of a route of several methods, each. Without it a call is not shown. */
    call?: Call | Readonly<Record<string, Call>>
  }
}

/** The chapters of the document. */
export const tags = {
  Clusters:
    'OceanBase clusters: create, look at, delete. A create or a delete answers with a task at once.',
  Tasks:
    'What runs on hosts: each task is a graph of subtasks. What failed can be retried, skipped, canceled or rolled back.',
  Hosts: 'Machines that clusters are installed on. A host is usable when its status is AVAILABLE.',
  Places: 'Where hosts stand and what they are: regions, IDCs in regions, host types.',
  Credentials: 'SSH logins that hosts are reached with.',
  Packages: 'RPM files that are installed on hosts: OceanBase, OBProxy, the OCP agent.',
  OBProxy: 'OBProxy clusters, and which OceanBase clusters they serve.',
  Users: 'Who may call, and with which roles.',
  Profile: "The caller's own password and access keys.",
  Service: 'Health, version and time of this service, and root servers for observers and proxies.',
} as const

export type Tag = keyof typeof tags

/** For descriptions of calls that answer with a task. */
export const answersWithTask =
  'The answer is a task that has just started: poll `GET /api/v2/tasks/instances/{id}` until its status is SUCCESSFUL or FAILED.'

/** Bytes, in the form of a generated client. */
export const bytes = z.string().meta({ wire: { type: 'string', format: 'binary' } })

const isCall = (call: Call | Readonly<Record<string, Call>>): call is Call => 'summary' in call

/** What a route tells of its call by one of its methods. */
export function callOf({ config }: Pick<RouteOptions, 'config'>, method: string): Call | undefined {
  const call = config?.call
  return call === undefined || isCall(call) ? call : call[method]
}

/** The calls that are served, by `METHOD /path/{parameter}` as OpenAPI writes it. */
export type Calls = ReadonlyMap<string, Call>

/** The key of a route's call in `Calls`. */
export const keyOf = (method: string, url: string): string =>
  `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`
