import type {
  FastifyDynamicSwaggerOptions,
  SwaggerTransform,
  SwaggerTransformObject,
} from '@fastify/swagger'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { allows, type Permission, roleNames } from '../auth/permissions.ts'
import { type Calls, callOf, tags } from '../http/call.ts'
import { errorCode } from '../schemas/envelope.ts'
import { worded } from './worded.ts'

type Settings = Pick<Config, 'errorCodes' | 'publicUrl'>

interface Printing {
  readonly zodSchema: z.core.$ZodType
  readonly jsonSchema: z.core.JSONSchema.BaseSchema
}

const replace = (jsonSchema: z.core.JSONSchema.BaseSchema, by: object): void => {
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  Object.assign(jsonSchema, by)
}

/** zod's null in OpenAPI 3.0, which has no type for it. */
const isNull = (schema: z.core.JSONSchema.BaseSchema): boolean =>
  schema.enum?.length === 1 && schema.enum[0] === null

/**
 * What zod prints, in a form that client generators understand: no lone null, no constant but text,
 * no object as a default, and one type for error codes, the configured one. A schema with `.meta({
 * wire })` is printed in its form on the wire.
 */
const printer =
  ({ errorCodes }: Settings) =>
  ({ zodSchema, jsonSchema }: Printing): void => {
    const wire = z.globalRegistry.get(zodSchema)?.wire
    if (typeof wire === 'object' && wire !== null) replace(jsonSchema, wire)
    if (zodSchema === errorCode)
      replace(jsonSchema, { type: errorCodes === 'int' ? 'integer' : 'string' })
    const others = jsonSchema.anyOf?.filter((schema) => !isNull(schema)) ?? []
    if (jsonSchema.anyOf && others.length < jsonSchema.anyOf.length) {
      const [only] = others
      if (others.length === 1 && only) replace(jsonSchema, { ...only, nullable: true })
      else Object.assign(jsonSchema, { anyOf: others, nullable: true })
    }
    if (
      jsonSchema.type === 'boolean' ||
      jsonSchema.type === 'integer' ||
      jsonSchema.type === 'number'
    ) {
      const [only] = jsonSchema.enum ?? []
      if (only !== undefined && only !== null) Object.assign(jsonSchema, { example: only })
      delete jsonSchema.enum
    }
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    if (typeof jsonSchema.default === 'object') delete jsonSchema.default
  }

const needs = (permission: Permission): string =>
  `Needs the permission \`${permission}\`, which these roles have: ${roleNames.filter((name) => allows([name], permission)).join(', ')}.`

/**
 * What the plugin is given: OpenAPI 3.0, which all generators read, made of the schemas that
 * validate.
 */
export function documentOf(settings: Settings, calls: Calls): FastifyDynamicSwaggerOptions {
  const zodToJsonConfig = { override: printer(settings) }
  const fromZod = createJsonSchemaTransform({ zodToJsonConfig })
  const withComponents = createJsonSchemaTransformObject({ zodToJsonConfig })

  const transform: SwaggerTransform = (given) => {
    const { schema, url } = fromZod(given)
    const { method, config } = given.route
    const call = callOf(given.route, [method].flat()[0] ?? '')
    const body = call?.upload && {
      type: 'object',
      properties: { [call.upload]: { type: 'string', format: 'binary' } },
      required: [call.upload],
    }
    const upload = body && { consumes: ['multipart/form-data'], body }
    const permission = config?.permission
    const description = permission?.includes(':') && { description: needs(permission) }
    return {
      schema: {
        ...schema,
        ...upload,
        ...description,
        ...(permission === 'OPEN' && { security: [] }),
      },
      url,
    }
  }

  /** Only replies have names here; their other form, as something sent, is of no use. */
  const transformObject: SwaggerTransformObject = (given) => {
    const made = withComponents(given)
    const schemas = 'components' in made ? (made.components?.schemas ?? {}) : {}
    for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name]
    return worded(made, calls)
  }

  return {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'obflow',
        description: [
          "The part of OceanBase Cloud Platform's API that installs clusters. Paths, fields and enums are OCP's.",
          'Answers stand in an envelope: `data`, or `error` with a code and a text; `traceId` names the call in the log.',
          'Calls that change something on hosts answer with a task at once; poll it until its status is SUCCESSFUL or FAILED.',
          '`Accept-Language: zh-CN` gives texts in Chinese.',
        ].join('\n\n'),
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        version: '2',
      },
      servers: [{ url: settings.publicUrl ?? '/', description: 'This service' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          basic: { type: 'http', scheme: 'basic', description: 'User name and password.' },
          accessKey: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: [
              "OCP's signature with an access key: `OCP-ACCESS-KEY-HMACSHA1 <access key>:<signature>`, beside a `Date` header.",
              'The signature is the HMAC-SHA1, in base64, over method, MD5 of the body, content type, date, host, `x-ocp-*` headers',
              'and path with sorted query. `POST /api/v2/profiles/me/accessKeys` makes a key.',
            ].join(' '),
          },
        },
      },
      security: [{ basic: [] }, { accessKey: [] }],
    },
    transform,
    transformObject,
  }
}
