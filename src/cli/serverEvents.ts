/** One server-sent event. */
export interface ServerEvent {
  readonly event: string
  readonly id: string
  readonly data: unknown
}

const fieldOf = (block: string, name: string): string =>
  block
    .split('\n')
    .filter((line) => line.startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2))
    .join('\n')

/** The events of an answer, as they come; comments are left out. */
export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith(':')) continue
      const data: unknown = JSON.parse(fieldOf(block, 'data'))
      yield { event: fieldOf(block, 'event'), id: fieldOf(block, 'id'), data }
    }
  }
}
