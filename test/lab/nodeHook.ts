import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { z } from 'zod'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'

/**
 * Where a task is: before or after the work of which of its subtasks (from 0), being done or being
 * taken back.
 */
export interface Place {
  readonly index: number
  readonly when: 'before' | 'after'
  readonly undoing?: boolean
}

/** Is called at every place of every task; what it throws is how that node ends. */
type Hook = (place: Required<Place>) => Promise<void> | void

const node = z.object({ taskId: z.number(), subtaskId: z.number(), operation: z.string() })

/** Something of a test beside the nodes of a worker, which know nothing of it. */
export function nodeHook() {
  let hook: Hook = () => undefined
  const own = new Map<number, Hook>()
  const posting = new Set<Promise<unknown>>()
  const firstSubtask = new Map<number, number>()

  const interceptor: ActivityInterceptorsFactory = () => ({
    inbound: {
      async execute(input, next) {
        const { success, data } = node.safeParse(input.args[0])
        if (!success) return next(input)
        if (!firstSubtask.has(data.taskId)) firstSubtask.set(data.taskId, data.subtaskId)
        const index = data.subtaskId - (firstSubtask.get(data.taskId) ?? 0)
        const undoing = data.operation === 'ROLLBACK'
        const call = async (when: Place['when']): Promise<void> => {
          await Promise.allSettled(posting)
          await (own.get(data.taskId) ?? hook)({ index, when, undoing })
        }
        await call('before')
        const result = await next(input)
        await call('after')
        return result
      },
    },
  })

  return {
    interceptor,
    /** From now until told otherwise. */
    set(next: Hook): void {
      hook = next
    },
    clear(): void {
      hook = () => undefined
      own.clear()
    },
    /** Posts a task that has a hook of its own, from its first node on: several go side by side. */
    async post<Posted extends { readonly id: number }>(
      ofTask: Hook,
      create: () => Promise<Posted>,
    ): Promise<Posted> {
      const posted = create()
      posting.add(posted)
      try {
        const { id } = await posted
        own.set(id, ofTask)
        return await posted
      } finally {
        posting.delete(posted)
      }
    },
    /** A task's own hook is done with. */
    leave(taskId: number): void {
      own.delete(taskId)
    },
  }
}

/** A hook that lets a node fail for good at one place, as often as it comes there. */
export const failingAt =
  ({ index, when, undoing = false }: Place): Hook =>
  (place) => {
    if (place.index === index && place.when === when && place.undoing === undoing)
      throw new DefiniteError({ code: 'COM10999', message: asIs(`told to fail ${when} its work`) })
  }
