import { z } from 'zod'
import { say } from '../../errors/say.ts'
import { ignored } from '../http/fields.ts'
import { because } from '../http/reasons.ts'
import { key } from '../http/validation.ts'

const port = z.int().min(1025).max(65_535)

const parameter = z.strictObject({
  // A password would stand in the start command and in the store for all to read: there are fields
  // for them.
  name: z
    .string()
    .regex(/^_{0,2}[a-z]\w{0,125}$/i, because(say`must have only letters, digits and _`))
    .refine(
      (name) => !/passw|secret/i.test(name),
      because(say`passwords go into password and proxyroPassword`),
    ),
  value: z.string().max(512),
})

/** The proxy takes its start options as one text, `a=1,b=2`: a comma would begin another one. */
const startupParameter = parameter.extend({
  value: z
    .string()
    .regex(
      /^[^\s,'"\\\p{Cc}]{1,512}$/u,
      because(say`must have no spaces, commas, quotes or backslashes`),
    ),
})

const address = z
  .string()
  .regex(/^[\w.:-]{1,255}$/, because(say`must be an address or a host name`))

/** What of an OBProxy cluster can be changed: where its clients go. */
export const changedObproxy = z.strictObject({ address, port })

/** A cluster to serve, by OCP's id or by its name. */
export const obLink = z
  .strictObject({
    clusterId: key.optional(),
    clusterName: z.string().min(1).max(64).optional(),
    obClusterId: z.int().min(1).optional(),
    username: z.string().optional(),
  })
  .refine(
    ({ clusterId, clusterName }) => clusterId !== undefined || clusterName !== undefined,
    because(say`must have clusterName or clusterId`),
  )

export const obLinks = z.array(obLink).min(1).max(100)

/**
 * Body of `POST /api/v2/obproxy/clusters`: every field that OCP documents; rules.ts says which
 * values are taken.
 */
export const createObproxy = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][\w-]{0,47}$/i,
      because(say`must be a letter, then letters, digits, _ and -, at most 48 characters`),
    ),
  address: address.optional(),
  port: port.default(2883),
  workMode: z.enum(['CONFIG_URL', 'RS_LIST', 'OB_SHARDING']),
  obproxyInstallParam: z
    .strictObject({
      hostIds: z.array(key).max(100).default([]),
      sqlPort: port.optional(),
      exporterPort: port.optional(),
      /** The same under the name of OCP's older page. */
      exportPort: port.optional(),
      rpcPort: port.optional(),
      version: z.string().min(1).max(256).optional(),
    })
    .default({ hostIds: [] }),
  obLinks: z.array(obLink).max(100).default([]),
  startupParameters: z.array(startupParameter).max(200).default([]),
  parameters: z.array(parameter).max(200).default([]),
  password: z.string().min(1).max(128).optional(),
  proxyroPassword: z.string().min(1).max(128).optional(),
  clientToken: z
    .string()
    .regex(/^[\x21-\x7e]{8,64}$/, because(say`must have 8 to 64 visible ASCII characters`))
    .optional(),

  installPath: z.string().optional(),
  runPath: z.string().optional(),
  runUser: z.string().optional(),
  description: ignored(say`an OBProxy cluster has no description here`),
  saveToCredential: ignored(say`there is no password box here`),
})

export type CreateObproxy = z.infer<typeof createObproxy>
