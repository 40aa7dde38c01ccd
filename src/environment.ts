import { z } from 'zod'
import { Secret } from './quote.ts'
import { samplers } from './tracing/settings.ts'

const maxPort = 65_535

const listen = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'must be an address and a port, e.g. 127.0.0.1:8081')
  .transform((text) => {
    const at = text.lastIndexOf(':')
    return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) }
  })
  .refine(
    ({ port }) => port <= maxPort,
    'must be an address and a port up to 65535, e.g. 127.0.0.1:8081',
  )

function wholeNumber(min = 1, max?: number) {
  const words = `must be a whole number from ${min}${max === undefined ? '' : ` to ${max}`}`
  return z.coerce
    .number(words)
    .int(words)
    .min(min, words)
    .max(max ?? Number.MAX_SAFE_INTEGER, words)
}

const database = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
  .refine((text) => {
    const url = URL.parse(text)
    return url !== null && (url.hostname !== '' || url.searchParams.has('host'))
  }, 'must name a host: postgresql://user:password@host:5432/database')

const url = z
  .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
  .transform((text) => text.replace(/\/+$/, ''))

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text))

/**
 * Calls a user may make in each of OCP's windows: 10 s, a minute, an hour, a day; 0: any number.
 */
export type RateLimits = readonly [tenSeconds: number, minute: number, hour: number, day: number]

const rateLimits = z
  .string()
  .regex(
    /^(0|\d{1,9}(,\d{1,9}){3})$/,
    'must be 0, or four numbers: calls in 10 s, in a minute, in an hour, in a day',
  )
  .transform((text): RateLimits => {
    const [tenSeconds = 0, minute = 0, hour = 0, day = 0] = text.split(',').map(Number)
    return [tenSeconds, minute, hour, day]
  })

const names = z
  .string()
  .regex(/^[\w.-]*(\s*,\s*[\w.-]+)*$/, 'must be host names, by comma')
  .transform((text) => text.split(',').flatMap((name) => name.trim() || []))

/**
 * What may be set from outside; docs/configuration.md is made of it. TEMPORAL_* is read by
 * @temporalio/envconfig.
 */
export const environment = z.object({
  OBFLOW_LISTEN: listen
    .prefault('127.0.0.1:8080')
    .describe('Where the API listens. It speaks plain HTTP.'),
  OBFLOW_PUBLIC_URL: url
    .optional()
    .describe(
      'Where hosts reach the API, e.g. `http://10.0.0.9:8080`: OBProxy asks there which clusters ' +
        "it serves, and runs in Temporal's Web UI link to their tasks. " +
        'Absent: the address a caller has used, and for links the one that is listened at.',
    ),
  OBFLOW_ALLOWED_HOSTS: names
    .prefault('')
    .describe(
      'Further host names under which the API is called, by comma, e.g. of a proxy in front. ' +
        "Addresses, `localhost`, the machine's name and that of `OBFLOW_PUBLIC_URL` need not be " +
        'named.',
    ),
  OBFLOW_MAX_PACKAGE_BYTES: wholeNumber()
    .default(4 * 1024 ** 3)
    .describe('Size of the largest package that is taken.'),
  OBFLOW_DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .describe(
      'Packages, the key, and the embedded store. A second `obflow serve` in it is refused; API ' +
        'and worker processes share it.',
    ),
  OBFLOW_TASK_QUEUE: z
    .string()
    .min(1)
    .default('obflow')
    .describe('Temporal task queue of API and workers.'),
  // Each subtask holds a host's channel or a SQL session, not a core.
  OBFLOW_ACTIVITIES: wholeNumber()
    .default(200)
    .describe(
      'Subtasks a worker carries out at a time. Of those that wait, the ones that a whole task ' +
        'waits for go first, and those nearest to its end.',
    ),
  OBFLOW_IO_BENCHES: wholeNumber()
    .default(16)
    .describe(
      'Hosts whose disk a worker measures at a time. Fewer where hosts share a disk, or each is ' +
        'found slow because of the others.',
    ),
  OBFLOW_HOST_PATIENCE: wholeNumber(5, 600)
    .default(60)
    .describe(
      "Seconds that a host's login may take, and then its shell and sudo before a command " +
        'begins. The log says what is waited for.',
    ),
  OBFLOW_HAND_ON: z
    .enum(['on', 'off'], 'must be on or off')
    .default('on')
    .describe(
      '`on`: a package goes to four hosts at a time, and hosts that wait take it from one that has ' +
        'it, over a port that this one opens meanwhile. `off`: each is sent it by the worker.',
    ),
  OBFLOW_ALIVE_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file that a worker writes every 10 s while it reaches PostgreSQL and Temporal, for a ' +
        'health check.',
    ),
  OBFLOW_WORKFLOW_BUNDLE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The workflows, bundled beforehand by `src/worker/bundleProcess.ts` of the same release, ' +
        'as image and bundle have them. ' +
        'Absent: a worker bundles them at its first start, which takes seconds, and keeps them ' +
        'in its data directory.',
    ),
  DATABASE_URL: database
    .optional()
    .describe(
      '`postgresql://user:password@host:5432/database`. Absent: PGlite in the data directory, ' +
        'for a single process.',
    ),
  OBFLOW_KEY: secret
    .optional()
    .describe(
      '32 bytes in base64 or hex that seal passwords and keys in the store; several by comma ' +
        'while they are changed (secrets.md). ' +
        'Absent: those of the key file.',
    ),
  OBFLOW_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('File of these keys. Absent: `key` in the data directory, made on first start.'),
  OBFLOW_ADMIN_PASSWORD: secret
    .optional()
    .describe(
      'Of the user `admin`, on first start only. Absent: made up and printed once. Later `obflow ' +
        'password admin` sets it.',
    ),
  // OCP's documents up to 4.2.1 say int, later ones and the Terraform provider string.
  OBFLOW_ERROR_CODES: z
    .enum(['int', 'string'], 'must be int or string')
    .default('string')
    .describe("Form of `error.code`: `string`, or `int` as OCP's documents before 4.2.2 have it."),
  OBFLOW_OCP_VERSION: z
    .string()
    .regex(/^\d+(\.\d+){1,3}(-[\w.]+)?$/, 'must be a version of OCP, e.g. 4.2.1')
    .optional()
    .describe(
      'What `GET /api/v2/info` says as `buildVersion`; OBD stops where it is below 4.2.0. ' +
        "Absent: obflow's own.",
    ),
  OBFLOW_PASSWORD_RULE: z
    .enum(['none', 'ocp3', 'ocp4'], 'must be none, ocp3 or ocp4')
    .default('none')
    .describe("OCP's complexity rule for root@sys: `none`, `ocp3` or `ocp4`."),
  OBFLOW_RATE_LIMIT: rateLimits
    .prefault('5000,20000,1000000,20000000')
    .describe(
      'Calls of a user in 10 s, a minute, an hour and a day, per API process. 0: any number.',
    ),
  OBFLOW_CONSOLE: z
    .enum(['on', 'off'], 'must be on or off')
    .default('on')
    .describe('`off`: the API serves no console below `/`.'),
  OBFLOW_AUDIT_DAYS: wholeNumber(1, 36_500)
    .default(365)
    .describe('Days that who called what is kept in the store.'),
  OBFLOW_TASK_DAYS: wholeNumber(1, 36_500)
    .default(365)
    .describe(
      'Days that a task and its log are kept after it has ended for good. The embedded database ' +
        'frees their room every six hours.',
    ),
  OBFLOW_CALL_LOG: z
    .enum(['off', 'changes', 'all'], 'must be off, changes or all')
    .default('changes')
    .describe(
      'Calls as lines of the log: `changes` writes those that may change something, `all` every ' +
        'call, `off` none. ' +
        '`obflow serve` writes lines with `all` only.',
    ),
  OBFLOW_TEMPORAL_UI: url
    .optional()
    .describe(
      "The namespace in Temporal's Web UI as a browser reaches it, e.g. " +
        '`http://127.0.0.1:8233/namespaces/default`: ' +
        'tasks link to their runs. `obflow serve` knows its own.',
    ),
  OBFLOW_SESSION_MINUTES: wholeNumber(1, 720)
    .default(30)
    .describe(
      'Minutes without a call after which a login by form ends; after 12 h it ends anyhow.',
    ),
  OBFLOW_TRUSTED_PROXIES: z
    .string()
    .optional()
    .describe(
      'Proxies (addresses or networks, by comma) whose `X-Forwarded-For` and `X-Forwarded-Proto` ' +
        'are believed. ' +
        'Wrong passwords are counted by client address. Absent: none.',
    ),
  OBFLOW_METRICS_LISTEN: listen
    .optional()
    .describe(
      'Where this process answers `/metrics` for Prometheus and `/healthz`, e.g. ' +
        '`127.0.0.1:9464`. ' +
        'An address that is not loopback needs `OBFLOW_METRICS_TOKEN`. Absent: nowhere.',
    ),
  OBFLOW_METRICS_TOKEN: secret
    .optional()
    .describe(
      'Who asks for `/metrics` has to send it: `Authorization: Bearer …`. Absent: everybody on ' +
        'the machine may read.',
    ),
  // OpenTelemetry's own names. Source: its "Environment Variable Specification" and "OTLP Exporter
  // Configuration".
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .describe(
      'Where traces are sent (OTLP over HTTP; `/v1/traces` is appended), e.g. ' +
        '`http://127.0.0.1:4318`. Absent, and the next: no traces are made.',
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url
    .optional()
    .describe('The same for traces alone, taken as it is.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .string()
    .default('http/protobuf')
    .describe('No other than `http/protobuf`.'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'], 'must be otlp or none')
    .optional()
    .describe('`none`: no traces. `otlp`: to `http://localhost:4318` where no endpoint is given.'),
  OTEL_SDK_DISABLED: z.string().default('false').describe('`true`: no traces.'),
  OTEL_TRACES_SAMPLER: z
    .enum(samplers, `must be one of ${samplers.join(', ')}`)
    .default('parentbased_always_on')
    .describe(`Which traces are kept: \`${samplers.join('`, `')}\`.`),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1)
    .describe('The part that is kept by a sampler of a ratio.'),
})

export type Settings = z.infer<typeof environment>
