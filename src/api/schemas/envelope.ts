import { z } from 'zod'

/** ISO-8601 with an offset, as isoTime prints it. */
export const time = z.iso.datetime({ offset: true })

const around = {
  duration: z.int().min(0),
  server: z.string(),
  timestamp: time,
  traceId: z.string(),
}
const warning = z.strictObject({ field: z.string(), message: z.string() }).meta({ id: 'Warning' })
const well = {
  ...around,
  status: z.literal(200),
  successful: z.literal(true),
  warnings: z.array(warning).optional(),
}

/** Of one type in each installation; the OpenAPI document shows the configured one. */
export const errorCode = z.union([z.string(), z.int()])

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ wire: {} })

/** One thing that is wrong with a request. */
export const finding = z
  .strictObject({
    code: errorCode,
    field: z.string().optional(),
    message: z.string(),
    rejectedValue: scalar.optional(),
  })
  .meta({ id: 'Finding' })

/** OCP's error answer. A sub-error names its code only where it is another one. */
export const failed = z
  .strictObject({
    ...around,
    error: z.strictObject({
      code: errorCode,
      message: z.string(),
      subErrors: z
        .array(finding.extend({ code: errorCode.optional(), field: z.string() }))
        .optional(),
    }),
    status: z.int().min(400).max(599),
    successful: z.literal(false),
  })
  .meta({ id: 'Failed' })

/** Why a subtask or a check failed: a code, what was seen, what mends it, and where. */
export const cause = z
  .strictObject({
    code: errorCode,
    message: z.string(),
    advice: z.string().optional(),
    host: z.string().optional(),
  })
  .meta({ id: 'Cause' })

export const one = (data: z.ZodType) => z.strictObject({ data, ...well })
export const contentsOf = (item: z.ZodType) => one(z.strictObject({ contents: z.array(item) }))
export const pageOf = (item: z.ZodType) =>
  one(
    z.strictObject({
      contents: z.array(item),
      page: z.strictObject({
        number: z.int().min(1),
        size: z.int().min(1),
        totalElements: z.int().min(0),
        totalPages: z.int().min(0),
      }),
    }),
  )
/** Calls that OCP answers without data. */
export const nothing = z.strictObject(well)
/** Calls that OCP answers without data, and that have a dry run here. */
export const perhaps = (data: z.ZodType) => z.strictObject({ data: data.optional(), ...well })
