import { z } from 'zod'
import { inEnglish, type Said } from '../../errors/say.ts'

type Path = readonly PropertyKey[]

/** Fields that have no effect, and why. */
const ignoredFields = new WeakMap<z.core.$ZodType, Said>()

/** A field that OCP knows: taken, without effect here, and reported in the reply's `warnings`. */
export function ignored(why: Said) {
  const field = z
    .unknown()
    .optional()
    .describe(`A field of OCP that has no effect here: ${inEnglish(why)}.`)
  ignoredFields.set(field, why)
  return field
}

/** A schema without what wraps it: optional, nullable, a default, or something done before. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return unwrapped(schema.unwrap())
  if (schema instanceof z.ZodDefault) return unwrapped(schema.def.innerType)
  if (schema instanceof z.ZodPipe)
    return unwrapped(schema.in instanceof z.ZodTransform ? schema.out : schema.in)
  return schema
}

/**
 * The names that an object may have at a path of what a schema describes; none where it is no
 * object.
 */
export function namesAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  const at = unwrapped(schema)
  const [step, ...rest] = path
  if (step === undefined) return at instanceof z.ZodObject ? Object.keys(at.shape) : []
  if (at instanceof z.ZodArray) return namesAt(at.element, rest)
  const field: unknown = at instanceof z.ZodObject ? at.shape[String(step)] : undefined
  return field instanceof z.core.$ZodType ? namesAt(field, rest) : []
}

export interface IgnoredField {
  readonly field: string
  readonly why: Said
}

/** The fields of a parsed body that have no effect. */
export function ignoredIn(schema: z.core.$ZodType, value: unknown, at = ''): IgnoredField[] {
  if (typeof value !== 'object' || value === null) return []
  const shape = unwrapped(schema)
  if (shape instanceof z.ZodArray && Array.isArray(value)) {
    const element = unwrapped(shape.element)
    return element instanceof z.ZodObject
      ? value.flatMap((item, index) => ignoredIn(element, item, `${at}[${index}]`))
      : []
  }
  if (!(shape instanceof z.ZodObject)) return []
  return Object.entries(value).flatMap(([name, item]) => {
    const field: unknown = shape.shape[name]
    if (!(field instanceof z.core.$ZodType) || item === undefined || item === null) return []
    const path = at === '' ? name : `${at}.${name}`
    const why = ignoredFields.get(field)
    return why === undefined ? ignoredIn(field, item, path) : [{ field: path, why }]
  })
}
