import createClient from 'openapi-fetch'
import { ApiError, errorOf } from './error.ts'
import type { paths } from './schema.d.ts'

/** Marks the page's own calls: a stranger's page cannot send it. */
export const ownHeaders = { 'x-requested-with': 'obflow-console' } as const

const chosen = { language: 'en-US' }
export function setApiLanguage(language: string): void {
  chosen.language = language
}
export const apiHeaders = (): Record<string, string> => ({
  ...ownHeaders,
  'accept-language': chosen.language,
})

/** Told when a call finds that nobody is logged in any more. */
export const sessionEnd = new EventTarget()

export const api = createClient<paths>({
  baseUrl: location.origin,
  headers: ownHeaders,
  querySerializer: { array: { style: 'form', explode: false } },
})
api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', chosen.language)
    return request
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/api/v2/session')
      sessionEnd.dispatchEvent(new Event('end'))
  },
})

interface Outcome<Body> {
  readonly data?: Body
  readonly error?: unknown
  readonly response: Response
}

/** The body of a good answer; throws ApiError for any other. */
export async function bodyOf<Body>(call: Promise<Outcome<Body>>): Promise<Body> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError({ status: 0 }, cause)
  })
  if (!response.ok || data === undefined) throw errorOf(response.status, error)
  return data
}

/** What a good answer holds. */
export const dataOf = async <Data>(call: Promise<Outcome<{ data: Data }>>): Promise<Data> =>
  (await bodyOf(call)).data
