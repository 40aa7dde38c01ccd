import { z } from 'zod'
import { eventsIn, type ServerEvent } from './serverEvents.ts'

export interface ApiAccess {
  /** Where the API listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** The API said no. `code` is OCP's, as the API gives it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  /** The section of the operator's guide about its code, where the API names one. */
  readonly guide: string | undefined
  constructor(status: number, code: string, message: string, guide?: string) {
    super(message)
    this.status = status
    this.code = code
    this.guide = guide
  }
}

/** Nothing that speaks this API answered; it may later. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

export interface Reply<Data> {
  readonly data: Data
  /** The API's own time. */
  readonly at: Date
}

/** How a stream is opened: after which event, and until when. */
export interface Following {
  readonly after?: string
  readonly signal?: AbortSignal
}

export interface ApiClient {
  readonly url: string
  /** Server-sent events until the API ends them, each with the API's own time. */
  follow(path: string, following: Following): AsyncIterable<ServerEvent & { readonly at: Date }>
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<Reply<z.infer<Schema>>>
  /** A form is sent as multipart, anything else as JSON. */
  post<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Reply<z.infer<Schema>>>
  patch<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Reply<z.infer<Schema>>>
  put<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Reply<z.infer<Schema>>>
  delete<Schema extends z.ZodType>(path: string, schema: Schema): Promise<Reply<z.infer<Schema>>>
  /** A file that the API makes. */
  download(path: string): Promise<Blob>
}

/** OCP wraps every reply in this. */
const envelope = z.object({
  successful: z.boolean(),
  status: z.number(),
  timestamp: z.string(),
  data: z.unknown().optional(),
  error: z
    .object({ code: z.union([z.string(), z.number()]).transform(String), message: z.string() })
    .optional(),
})

const patienceMs = 10_000

/** Of a Link header the one that helps, as a whole address. */
function guideIn(link: string | null, base: string): string | undefined {
  const path = /<([^>]+)>; rel="help"/.exec(link ?? '')?.[1]
  return path === undefined ? undefined : new URL(path, base).href
}

/** A client of obflow's API with Basic authentication. Fails with ApiError or UnreachableError. */
export function createClient({ url, user, password }: ApiAccess): ApiClient {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const base = url.replace(/\/+$/, '')

  const unreachable = (cause: unknown): never => {
    throw new UnreachableError(`No answer from the API at ${base}.`, { cause })
  }
  const refusalOf = (status: number, body: string): ApiError => {
    const error = envelope.safeParse(jsonOf(body)).data?.error
    const message = error?.message ?? `${base} answers, but not with events`
    return new ApiError(status, error?.code ?? '', message)
  }

  async function* follow(path: string, { after, signal }: Following) {
    const answer = await fetch(`${base}${path}`, {
      headers: {
        authorization,
        accept: 'text/event-stream',
        ...(after !== undefined && { 'last-event-id': after }),
      },
      ...(signal && { signal }),
    }).catch(unreachable)
    const ahead = Date.parse(answer.headers.get('date') ?? '') - Date.now()
    if (answer.status === 204) return
    if (!answer.headers.get('content-type')?.startsWith('text/event-stream') || !answer.body)
      throw refusalOf(answer.status, await answer.text().catch(unreachable))
    try {
      for await (const event of eventsIn(answer.body))
        yield { ...event, at: new Date(Date.now() + (Number.isNaN(ahead) ? 0 : ahead)) }
    } catch (error) {
      throw error instanceof TypeError ? unreachable(error) : error
    }
  }

  const call = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    init: RequestInit,
  ): Promise<Reply<z.infer<Schema>>> => {
    const response = await fetch(`${base}${path}`, {
      ...init,
      headers: { ...init.headers, authorization, accept: 'application/json' },
      ...(init.method === undefined && { signal: AbortSignal.timeout(patienceMs) }),
    }).catch(unreachable)
    const body = await response.text().catch(unreachable)
    const parsed = envelope.safeParse(jsonOf(body))
    if (!parsed.success)
      throw new ApiError(response.status, '', `${base} answers, but not as this API does.`)
    const { data, error, successful, status, timestamp } = parsed.data
    if (!successful)
      throw new ApiError(
        status,
        error?.code ?? 'no code',
        error?.message ?? 'no reason given',
        guideIn(response.headers.get('link'), base),
      )
    return { data: schema.parse(data), at: new Date(timestamp) }
  }

  return {
    url: base,
    follow,
    get: (path, schema) => call(path, schema, {}),
    delete: (path, schema) => call(path, schema, { method: 'DELETE' }),
    post: (path, body, schema) => call(path, schema, sending('POST', body)),
    patch: (path, body, schema) => call(path, schema, sending('PATCH', body)),
    put: (path, body, schema) => call(path, schema, sending('PUT', body)),
    async download(path) {
      const answer = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { authorization },
      }).catch(unreachable)
      if (!answer.ok) throw refusalOf(answer.status, await answer.text().catch(unreachable))
      return answer.blob().catch(unreachable)
    },
  }
}

const sending = (method: string, body: unknown): RequestInit =>
  body instanceof FormData
    ? { method, body }
    : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
