/** Something that is measured where it happens, and counted by those who listen. */
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

/** A command that ran on a host, a login or a statement that an observer or a proxy was sent. */
export interface RemoteCall {
  readonly address: string
  /** Never with a secret in it. */
  readonly title: string
  /** `refused`: it answered, with an error; `lost`: it did not answer. */
  readonly outcome: 'ok' | 'refused' | 'lost'
  /**
   * When it was asked for, began there or was sent, and was over; in milliseconds of
   * `performance.now()`.
   */
  readonly askedAt: number
  readonly begunAt: number
  readonly endedAt: number
}

/** An attempt at a subtask that ended. */
export interface AttemptEnd {
  /** Name of the node's activity. */
  readonly node: string
  readonly outcome: 'successful' | 'failed' | 'retried' | 'canceled' | 'handed over'
  /** Of one that failed. */
  readonly code?: string
  /** Milliseconds that the subtask was at work, all attempts together. */
  readonly ms: number
  /**
   * When the worker took it, the store let it begin, its work was done and the store had its end;
   * as above. Of one that succeeded.
   */
  readonly moments?: Readonly<Record<'taken' | 'begun' | 'worked' | 'ended', number>>
}

/** A call of the API that was answered. */
export interface AnsweredCall {
  readonly ms: number
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
