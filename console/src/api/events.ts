import { apiHeaders, sessionEnd } from './client.ts'
import { ApiError, errorOf } from './error.ts'

export interface ServerEvent {
  readonly type: string
  readonly data: string
}

export type StreamState = 'live' | 'reconnecting' | 'ended'

export interface Subscription {
  readonly url: string
  readonly signal: AbortSignal
  onEvent(event: ServerEvent): void
  onState(state: StreamState): void
  onRefused(error: ApiError): void
}

const firstPauseMs = 500
const maxPauseMs = 10_000

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/**
 * Follows a stream of server-sent events, also over a lost connection: from Last-Event-ID on. By
 * fetch, because EventSource can set no Accept-Language and hides why it was refused.
 */
export async function follow(subscription: Subscription): Promise<void> {
  const { url, signal, onState, onRefused } = subscription
  const seen = { id: '' }
  for (let wait = firstPauseMs; !signal.aborted; wait = Math.min(wait * 2, maxPauseMs)) {
    try {
      const response = await fetch(url, {
        headers: {
          ...apiHeaders(),
          accept: 'text/event-stream',
          ...(seen.id !== '' && { 'last-event-id': seen.id }),
        },
        signal,
      })
      if (response.status === 401) return void sessionEnd.dispatchEvent(new Event('end'))
      // Nothing is left to be told.
      if (response.status === 204) return onState('ended')
      if (response.status >= 400 && response.status < 500 && response.status !== 429)
        return onRefused(errorOf(response.status, await response.json().catch(() => undefined)))
      if (!response.ok || !response.body) throw new ApiError({ status: response.status })
      onState('live')
      wait = firstPauseMs
      if (await read(response.body, subscription, seen)) return onState('ended')
    } catch {
      // Lost: it goes on below.
    }
    if (signal.aborted) return
    onState('reconnecting')
    await pause(wait, signal)
  }
}

/** Reads until the connection ends; true when the server said that nothing more will come. */
async function read(
  body: ReadableStream<Uint8Array>,
  { onEvent }: Subscription,
  seen: { id: string },
): Promise<boolean> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const parse = parser()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return false
    for (const { id, type, data } of parse(decoder.decode(value, { stream: true }))) {
      if (id !== undefined) seen.id = id
      if (type === 'end') return true
      if (data !== '') onEvent({ type, data })
    }
  }
}

interface Parsed extends ServerEvent {
  readonly id: string | undefined
}

/** Cuts a text/event-stream into events, however its bytes arrive. */
export function parser(): (chunk: string) => Parsed[] {
  let parts: string[] = []
  let type = 'message'
  let id: string | undefined
  let lines: string[] = []
  const take = (line: string): Parsed | undefined => {
    if (line === '') {
      const event = { id, type, data: lines.join('\n') }
      const empty = lines.length === 0 && type === 'message'
      type = 'message'
      id = undefined
      lines = []
      return empty ? undefined : event
    }
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (name === 'event') type = value
    if (name === 'id') id = value
    if (name === 'data') lines.push(value)
    return undefined
  }
  return (chunk) => {
    const end = chunk.lastIndexOf('\n')
    if (end === -1) {
      parts.push(chunk)
      return []
    }
    const text = parts.join('') + chunk.slice(0, end)
    parts = [chunk.slice(end + 1)]
    return text
      .split(/\r?\n/)
      .map(take)
      .filter((event) => event !== undefined)
  }
}
