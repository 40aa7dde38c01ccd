import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/**
 * What docker-compose.yml may say of a service; anything else in it is refused rather than passed
 * over.
 */
const duration = z
  .string()
  .regex(/^\d+(ms|s)$/)
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : 1000))

const serviceSchema = z.strictObject({
  image: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .default({}),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: duration,
      timeout: duration,
      retries: z.number(),
    })
    .optional(),
  restart: z
    .string()
    .regex(/^(no|unless-stopped|on-failure:\d+)$/)
    .optional(),
  stop_grace_period: duration.optional(),
  // Of these the runner has no need: images are folders of this machine, nothing is published, and
  // each container has an address.
  build: z.unknown().optional(),
  ports: z.unknown().optional(),
  init: z.boolean().optional(),
  privileged: z.boolean().optional(),
  network_mode: z.string().optional(),
  secrets: z.unknown().optional(),
  logging: z.unknown().optional(),
})

type Written = z.infer<typeof serviceSchema>

const fileSchema = z.looseObject({ services: z.record(z.string(), serviceSchema) })

/** Something of the machine, or a named volume, at a place in a container. */
export interface Volume {
  readonly source: { readonly path: string } | { readonly volume: string }
  readonly target: string
  readonly readOnly: boolean
}

export interface Healthcheck {
  readonly command: readonly string[]
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly retries: number
}

export type Condition = 'service_started' | 'service_healthy' | 'service_completed_successfully'

/** A service as compose would run it: variables filled in, files merged. */
export interface Service {
  readonly name: string
  readonly image: string
  readonly entrypoint: readonly string[] | undefined
  readonly command: readonly string[] | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly volumes: readonly Volume[]
  readonly dependsOn: readonly { readonly service: string; readonly condition: Condition }[]
  readonly healthcheck: Healthcheck | undefined
  /**
   * How often it is started again when it ends: never, after a failure so many times, or always.
   */
  readonly restarts: { readonly onFailure: number } | 'always'
  readonly stopGraceMs: number
}

/**
 * The services without a profile that these compose files describe, later files over earlier ones.
 * Throws on what it does not know.
 */
export function readCompose(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Service[] {
  const written = new Map<string, Written>()
  for (const file of files) {
    const { services } = fileSchema.parse(
      filled(parse(readFileSync(file, 'utf8'), { merge: true }), env),
    )
    for (const [name, service] of Object.entries(services)) {
      const absolute = {
        ...service,
        volumes: service.volumes.map((volume) =>
          volume.replace(/^\.[^:]*/, (path) => resolve(dirname(files[0] ?? ''), path)),
        ),
      }
      written.set(name, merged(written.get(name), absolute))
    }
  }
  return [...written]
    .filter(([, { profiles }]) => profiles.length === 0)
    .map(([name, service]) => asService(name, service))
}

/**
 * `${NAME:-default}` and `${NAME:?what to do}` in a text; an empty variable counts as absent, as
 * compose has it.
 */
function withVariables(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+):([-?])([^}]*)\}/g,
    (_, name: string, kind: string, words: string) => {
      const value = env[name]
      if (value) return value
      if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${words}`)
      return words
    },
  )
}

function filled(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return withVariables(value, env)
  if (Array.isArray(value)) return value.map((item) => filled(item, env))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, env)]))
  return value
}

/** Compose's rule: maps and lists of volumes grow, everything else is replaced. */
function merged(under: Written | undefined, over: Written): Written {
  if (!under) return over
  return {
    ...under,
    ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)),
    profiles: under.profiles,
    environment: { ...under.environment, ...over.environment },
    volumes: [...under.volumes, ...over.volumes],
    depends_on: { ...under.depends_on, ...over.depends_on },
  }
}

function asService(name: string, written: Written): Service {
  const { image, healthcheck } = written
  if (image === undefined) throw new Error(`service ${name} has no image`)
  const [form, ...command] = healthcheck?.test ?? []
  if (healthcheck && form !== 'CMD')
    throw new Error(`service ${name}: a health check that is not [CMD, …]`)
  return {
    name,
    image,
    entrypoint: written.entrypoint,
    command: written.command,
    environment: written.environment,
    volumes: written.volumes.map(asVolume),
    dependsOn: Object.entries(written.depends_on).map(([service, { condition }]) => ({
      service,
      condition,
    })),
    healthcheck: healthcheck && {
      command,
      intervalMs: healthcheck.interval,
      timeoutMs: healthcheck.timeout,
      retries: healthcheck.retries,
    },
    restarts:
      written.restart === 'unless-stopped'
        ? 'always'
        : { onFailure: Number(written.restart?.split(':')[1] ?? 0) },
    stopGraceMs: written.stop_grace_period ?? 10_000,
  }
}

function asVolume(text: string): Volume {
  const [from = '', target = '', mode] = text.split(':')
  return {
    source: from.startsWith('/') ? { path: from } : { volume: from },
    target,
    readOnly: mode === 'ro',
  }
}
