/**
 * One server-sent event as bytes. Source:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const frame = (event: string, id: number, data: unknown): Buffer =>
  Buffer.from(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)

/** A comment: it keeps proxies and the silent connection's limit from ending a stream. */
export const heartBeat = Buffer.from(': still here\n\n')

/**
 * Where a reader that comes back left off, by `Last-Event-ID`; undefined when it never was here.
 */
export function lastEventId(header: unknown): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}
