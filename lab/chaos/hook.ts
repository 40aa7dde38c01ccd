import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { z } from 'zod'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'

/**
 * An instant of a node: before it looks at anything, or when it has done its work and nobody knows
 * yet.
 */
export interface Instant {
  readonly at: 'start' | 'end'
  readonly subtaskId: number
  readonly name: string
  readonly runTime: number
  readonly attempt: number
}

const instant = z.object({
  at: z.enum(['start', 'end']),
  subtaskId: z.number(),
  name: z.string(),
  runTime: z.number(),
  attempt: z.number(),
})
const report = z.object({ ticket: z.number(), instant })

/**
 * What a worker process under test says to its driver, which answers with the ticket when the node
 * may go on, and with minus the ticket when it has to fail.
 */
export const parseReport = (message: unknown): z.infer<typeof report> | undefined =>
  report.safeParse(message).data

const nodeInput = z.object({ subtaskId: z.number(), name: z.string(), runTime: z.number() })

let tickets = 0

const toldToFail = 'told to fail when its work was done'

/**
 * Tells the driver, over the channel this process was started with, and waits until it may go on.
 * Throws a definite failure when the driver wants the node to fail.
 */
async function ask(told: Instant): Promise<void> {
  if (!process.send) return
  const ticket = ++tickets
  const released = new Promise<boolean>((resolve) => {
    const hear = (answer: unknown): void => {
      if (answer !== ticket && answer !== -ticket) return
      process.off('message', hear)
      resolve(answer === ticket)
    }
    process.on('message', hear)
    // A driver that is gone holds nobody.
    process.once('disconnect', () => resolve(true))
  })
  process.send({ ticket, instant: told })
  if (!(await released)) throw new DefiniteError({ code: 'TSK10005', message: asIs(toldToFail) })
}

/** Stops every node at its start and at its end until the driver lets it go on. */
export const stopAtInstants: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const node = nodeInput.safeParse(input.args[0])
      if (!node.success) return next(input)
      await ask({ ...node.data, at: 'start', attempt: info.attempt })
      const result = await next(input)
      await ask({ ...node.data, at: 'end', attempt: info.attempt })
      return result
    },
  },
})
