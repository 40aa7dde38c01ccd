import type { FastifyDynamicSwaggerOptions, SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callOf } from '../calls.ts'

interface Printing {
  readonly zodSchema: z.core.$ZodType
  readonly jsonSchema: z.core.JSONSchema.BaseSchema
}

/** What zod prints, without what says nothing to a reader, and in the form on the wire where a schema says so with `.meta({ wire })`. */
function override({ zodSchema, jsonSchema }: Printing): void {
  const wire = z.globalRegistry.get(zodSchema)?.wire
  if (typeof wire === 'object' && wire !== null) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
    Object.assign(jsonSchema, wire)
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

const zodToJsonConfig = { override }
const fromZod = createJsonSchemaTransform({ zodToJsonConfig })
const withComponents = createJsonSchemaTransformObject({ zodToJsonConfig })

const transform: SwaggerTransform = (given) => {
  const { schema, url } = fromZod(given)
  const { method, config } = given.route
  const call = callOf({ method, url: given.url })
  const body = call?.upload && {
    type: 'object',
    properties: { [call.upload]: { type: 'string', format: 'binary' } },
    required: [call.upload],
  }
  const upload = body && { consumes: ['multipart/form-data'], body }
  return { schema: { ...schema, ...upload, ...(config?.permission === 'OPEN' && { security: [] }) }, url }
}

/** Only replies have names here; their other form, as something sent, is of no use. */
const transformObject: SwaggerTransformObject = (given) => {
  const made = withComponents(given)
  const schemas = 'components' in made ? (made.components?.schemas ?? {}) : {}
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name]
  return made
}

/** What the plugin is given: OpenAPI 3.1, made of the schemas that validate. */
export const document: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'obflow',
      description: "The part of OceanBase Cloud Platform's API that installs clusters.",
      version: '2',
    },
    components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    security: [{ basic: [] }],
  },
  transform,
  transformObject,
}
