import { z } from 'zod'

/** Where a text can be put in a call: steps into its body, or the name of a parameter. */
export interface StringField {
  /** `METHOD path` of the OpenAPI document. */
  readonly call: string
  readonly in: 'body' | 'query' | 'path'
  /** A list's items are the step 0. */
  readonly steps: readonly (string | number)[]
  /** Known to OCP only: whatever stands there is passed over. */
  readonly ignored?: boolean
}

interface Schema {
  readonly type?: string | readonly string[] | undefined
  readonly enum?: readonly unknown[] | undefined
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly items?: Schema | undefined
  readonly anyOf?: readonly Schema[] | undefined
  readonly description?: string | undefined
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    items: schema.optional(),
    anyOf: z.array(schema).optional(),
    description: z.string().optional(),
  }),
)

const operation = z.object({
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(['query', 'path', 'header']), schema }))
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
})

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })

/** A schema that says nothing takes texts too. */
const takesText = ({
  type,
  enum: values,
  const: only,
  properties,
  items,
  anyOf,
}: Schema): boolean => {
  if (values !== undefined || only !== undefined) return false
  if (type === undefined)
    return properties === undefined && items === undefined && anyOf === undefined
  return [type].flat().includes('string')
}

type Text = Pick<StringField, 'steps' | 'ignored'>

function textsOf(found: Schema, steps: readonly (string | number)[] = []): Text[] {
  return [
    ...(takesText(found)
      ? [{ steps, ignored: found.description?.includes('has no effect here') ?? false }]
      : []),
    ...Object.entries(found.properties ?? {}).flatMap(([name, inner]) =>
      textsOf(inner, [...steps, name]),
    ),
    ...(found.items ? textsOf(found.items, [...steps, 0]) : []),
    ...(found.anyOf ?? []).flatMap((inner) => textsOf(inner, steps)),
  ]
}

/** Every field of every call that takes a text of no fixed choice. */
export function stringFields(document: unknown): StringField[] {
  return Object.entries(openapi.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters, requestBody }]): StringField[] => {
      const call = `${method.toUpperCase()} ${path}`
      const body = requestBody?.content['application/json']?.schema
      return [
        ...parameters.flatMap((each) =>
          each.in === 'header' || textsOf(each.schema).length === 0
            ? []
            : [{ call, in: each.in, steps: [each.name] }],
        ),
        ...(body ? textsOf(body) : []).map((text) => ({ call, in: 'body' as const, ...text })),
      ]
    }),
  )
}

const recordOf = z.record(z.string(), z.unknown())

/** Something with a value put in at a place, whether the way to it was there or not. */
export function withField(
  base: unknown,
  [step, ...rest]: readonly (string | number)[],
  value: unknown,
): unknown {
  if (step === undefined) return value
  if (typeof step === 'number')
    return [withField(Array.isArray(base) ? base[0] : undefined, rest, value)]
  const before = recordOf.safeParse(base).data ?? {}
  return { ...before, [step]: withField(before[step], rest, value) }
}

/** A field as an answer names it: `zones[0].name`. */
export const nameOf = ({ steps }: StringField): string =>
  steps.reduce<string>(
    (path, step) =>
      typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`,
    '',
  )
