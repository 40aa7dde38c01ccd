import { z } from 'zod'
import type { Calls } from '../../../src/api/http/call.ts'
import { failed } from '../../../src/api/schemas/envelope.ts'
import {
  deviations,
  documentedCall,
  refusalDeviations,
  tablesIn,
} from '../../api/conformance/asSample.ts'
import type { TableName } from '../../api/conformance/documented/tables.ts'
import { matching } from '../../api/conformance/matching.ts'
import { basic, openApi } from '../../api/server.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** JSON, or the text of anything else; of bytes one character each. */
  readonly body: unknown
}

export interface Login {
  readonly username: string
  readonly password: string
}

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

/** In what a reply deviates from what its call declares, and from what OCP documents of it. */
function objections(
  calls: Calls,
  call: string | undefined,
  path: string,
  { status, body }: Reply,
): string[] {
  const [method = '', template = ''] = call?.split(' ') ?? []
  const declared = calls.get(`${method} ${template}`)
  const schema =
    status === 200
      ? (declared?.reply ?? declared?.bare?.schema)
      : (declared?.also?.[status] ?? declared?.refusal ?? failed)
  const parsed = (schema ?? z.never()).safeParse(body)
  const notDeclared = parsed.success ? [] : [z.prettifyError(parsed.error)]
  if (declared?.bare) return notDeclared
  if (status !== 200) return [...notDeclared, ...refusalDeviations(body)]
  const documented = documentedCall(method, template)
  // OCP has no dry run.
  return documented === undefined || path.includes('dryRun=true')
    ? notDeclared
    : [...notDeclared, ...deviations(documented, body, 'any')]
}

/**
 * A client of a running API that is never content: each reply, refusals too, must be as its call
 * declares and as OCP documents it, or asking fails. It remembers which calls have succeeded.
 */
export async function startTalk(api: string, login: Login) {
  const own = await openApi()
  const { calls } = own
  await own.close()
  const { paths } = openapi.parse(await (await fetch(`${api}/api/v2/openapi.json`)).json())
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const asked = new Set<string>()
  const seen = new Set<TableName>()

  const ask = async (
    method: string,
    path: string,
    sending?: unknown,
    as: Login | null = login,
  ): Promise<Reply> => {
    const headers = new Headers(as ? { authorization: basic(as.username, as.password) } : {})
    const raw = sending instanceof FormData || typeof sending === 'string'
    if (sending !== undefined && !(sending instanceof FormData))
      headers.set('content-type', 'application/json')
    const body = sending === undefined ? {} : { body: raw ? sending : JSON.stringify(sending) }
    const answer = await fetch(`${api}${path}`, { method, headers, ...body })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const json = answer.headers.get('content-type')?.includes('application/json') ?? false
    const given: unknown = json ? JSON.parse(bytes.toString()) : bytes.toString('latin1')
    const reply = { status: answer.status, headers: answer.headers, body: given }
    const call = matching(served, method, path)
    const found = objections(calls, call, path, reply)
    if (found.length > 0)
      throw new Error([`${method} ${path} was answered ${answer.status}:`, ...found].join('\n'))
    if (reply.status === 200 && call) {
      asked.add(call)
      for (const table of tablesIn(documentedCall(...splitCall(call)) ?? '', given)) seen.add(table)
    }
    return reply
  }
  /** A call that is to succeed; its `data`. */
  const must = async (
    method: string,
    path: string,
    sending?: unknown,
    as?: Login,
  ): Promise<unknown> => {
    const { status, body } = await ask(method, path, sending, as)
    if (status !== 200) throw new Error(`${method} ${path} was answered ${JSON.stringify(body)}`)
    return answered.parse(body).data
  }

  return {
    api,
    /** Every call that is served, as `GET /a/{id}`. */
    served,
    /** Those of them that have succeeded. */
    asked,
    /** OCP's objects that were in replies. */
    seen,
    ask,
    must,
  }
}

export type Talk = Awaited<ReturnType<typeof startTalk>>

const answered = z.looseObject({ data: z.unknown().optional() })
const splitCall = (call: string): [string, string] => {
  const [method = '', path = ''] = call.split(' ')
  return [method, path]
}
