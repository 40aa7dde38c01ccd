/** Something that is measured where it happens; whoever counts it listens. */
export interface Signal<Message> {
  send(message: Message): void
  /** Returns what ends the listening. */
  listen(heard: (message: Message) => void): () => void
}

function signal<Message>(): Signal<Message> {
  const listeners = new Set<(message: Message) => void>()
  return {
    send(message) {
      for (const heard of listeners) heard(message)
    },
    listen(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
  }
}

interface Timed {
  readonly ms: number
}

/** A command that ran on a host, a statement that an observer or a proxy was sent. */
export interface RemoteCall extends Timed {
  readonly address: string
  /** Never with a secret in it. */
  readonly title: string
  /** `refused`: it answered, with an error; `lost`: it did not answer. */
  readonly outcome: 'ok' | 'refused' | 'lost'
}

/** An attempt at a subtask that ended. */
export interface AttemptEnd extends Timed {
  /** Name of the node's activity. */
  readonly node: string
  readonly outcome: 'successful' | 'failed' | 'retried' | 'canceled' | 'handed over'
  /** Of one that failed. */
  readonly code?: string
}

/** A call of the API that was answered. */
export interface AnsweredCall extends Timed {
  /** Its name in the OpenAPI document. */
  readonly call: string
  readonly status: number
}

/** One process has one of each; nothing is kept while nobody listens. */
export const signals = {
  ssh: signal<RemoteCall>(),
  sql: signal<RemoteCall>(),
  attempt: signal<AttemptEnd>(),
  call: signal<AnsweredCall>(),
}
