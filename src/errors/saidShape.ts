import { z } from 'zod'
import type { SaidCause } from './failure.ts'
import type { Part, Said } from './say.ts'

const part: z.ZodType<Part> = z.lazy(() => z.union([z.string(), z.number(), said, z.array(part)]))

/** A sentence that comes from the store or from Temporal. */
export const said: z.ZodType<Said> = z.object({ key: z.string(), args: z.array(part) })

export const saidCause: z.ZodType<SaidCause> = z.object({
  message: said,
  advice: said.exactOptional(),
})
