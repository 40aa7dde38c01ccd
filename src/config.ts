import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { StartError } from './errors/startError.ts'
import { nearest } from './nearest.ts'
import { Secret } from './quote.ts'
import { fileSettings, withSettingFiles } from './settingFiles.ts'

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

/** What may be set from outside. TEMPORAL_* is read by @temporalio/envconfig. */
const environment = z.object({
  OBFLOW_LISTEN: listen.prefault('127.0.0.1:8080'),
  /**
   * Where hosts reach this API, e.g. `http://10.0.0.9:8080`: proxies ask there for their clusters.
   * Absent: the address a caller has used.
   */
  OBFLOW_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /**
   * Further names under which this API is called (by comma), e.g. behind a proxy; addresses need
   * not be named.
   */
  OBFLOW_ALLOWED_HOSTS: names.prefault(''),
  /** Bytes of the largest package that is taken. */
  OBFLOW_MAX_PACKAGE_BYTES: wholeNumber().default(4 * 1024 ** 3),
  OBFLOW_DATA_DIR: z.string().min(1).default('.data'),
  OBFLOW_TASK_QUEUE: z.string().min(1).default('obflow'),
  /**
   * Subtasks a worker carries out at a time; each holds a host's channel or a SQL session, not a
   * core.
   */
  OBFLOW_ACTIVITIES: wholeNumber().default(200),
  /**
   * Hosts whose disk a worker measures at a time: fewer where they share one, or each is found slow
   * because of the others.
   */
  OBFLOW_IO_BENCHES: wholeNumber().default(16),
  /** Seconds that a host's login may take, and then its shell and sudo before a command begins. */
  OBFLOW_HOST_PATIENCE: wholeNumber(5, 600).default(60),
  /** A file that a worker keeps fresh while it is well, for a health check. */
  OBFLOW_ALIVE_FILE: z.string().min(1).optional(),
  /**
   * The workflows, bundled beforehand by src/worker/bundleProcess.ts of the same release; absent: a
   * worker bundles them when it starts.
   */
  OBFLOW_WORKFLOW_BUNDLE: z.string().min(1).optional(),
  /** PostgreSQL; absent: PGlite inside the process, in the data directory. */
  DATABASE_URL: database.optional(),
  /**
   * Keys of 32 bytes, base64 or hex, for the secrets in the store: the first seals, all open.
   * Absent: those of the key file, which is made on first start.
   */
  OBFLOW_KEY: secret.optional(),
  OBFLOW_KEY_FILE: z.string().min(1).optional(),
  /** Password of `admin` on first start; absent: made up and printed once. */
  OBFLOW_ADMIN_PASSWORD: secret.optional(),
  /**
   * Form of `error.code`: OCP's documents up to 4.2.1 say int, later ones and the Terraform
   * provider string.
   */
  OBFLOW_ERROR_CODES: z.enum(['int', 'string'], 'must be int or string').default('string'),
  /**
   * What `GET /api/v2/info` says of its version, for clients that ask for an OCP; absent: obflow's
   * own.
   */
  OBFLOW_OCP_VERSION: z
    .string()
    .regex(/^\d+(\.\d+){1,3}(-[\w.]+)?$/, 'must be a version of OCP, e.g. 4.2.1')
    .optional(),
  /** OCP's complexity rule for root@sys: of 3.x, of 4.x, or none. */
  OBFLOW_PASSWORD_RULE: z
    .enum(['none', 'ocp3', 'ocp4'], 'must be none, ocp3 or ocp4')
    .default('none'),
  /**
   * Calls a user may make in 10 s, a minute, an hour and a day; 0: any number. An API process
   * counts for itself.
   */
  OBFLOW_RATE_LIMIT: rateLimits.prefault('5000,20000,1000000,20000000'),
  /** Whether the API serves the console, which is built in console/dist. */
  OBFLOW_CONSOLE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  /** Days that the book of calls keeps each. */
  OBFLOW_AUDIT_DAYS: wholeNumber(1, 36_500).default(365),
  /** Days that a task is kept, with its log, after it has ended for good. */
  OBFLOW_TASK_DAYS: wholeNumber(1, 36_500).default(365),
  /**
   * The namespace in Temporal's Web UI, as a browser reaches it, e.g.
   * `http://127.0.0.1:8233/namespaces/default`: tasks link to their runs there.
   */
  OBFLOW_TEMPORAL_UI: z
    .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Minutes after which a login by form ends when it is not used; after 12 h it ends anyhow. */
  OBFLOW_SESSION_MINUTES: wholeNumber(1, 720).default(30),
  /** Proxies whose X-Forwarded-For is believed (addresses or networks, by comma); absent: none. */
  OBFLOW_TRUSTED_PROXIES: z.string().optional(),
})

export interface Config {
  readonly listen: { readonly host: string; readonly port: number }
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined
  /** Further host names of this API. */
  readonly allowedHosts: readonly string[]
  readonly maxPackageBytes: number
  readonly dataDir: string
  /** Uploaded packages lie here. */
  readonly packagesDir: string
  readonly taskQueue: string
  /** Activities at a time in one worker. */
  readonly activities: number
  /** Io benches at a time in one worker. */
  readonly ioBenches: number
  /** Milliseconds that a host's login may take, and then its shell and sudo. */
  readonly hostPatienceMs: number
  /** A file that a worker keeps fresh. */
  readonly aliveFile: string | undefined
  /** A file. */
  readonly workflowBundle: string | undefined
  readonly databaseUrl: string | undefined
  readonly key: Secret | undefined
  readonly keyFile: string
  readonly adminPassword: Secret | undefined
  readonly errorCodes: 'int' | 'string'
  /** Said instead of obflow's own version. */
  readonly ocpVersion: string | undefined
  readonly passwordRule: 'none' | 'ocp3' | 'ocp4'
  readonly rateLimits: RateLimits
  /** Where the built console lies; undefined: it is not served. */
  readonly consoleDir: string | undefined
  /** Milliseconds that the book of calls keeps each. */
  readonly auditMs: number
  /** Milliseconds that a task is kept after its end. */
  readonly taskMs: number
  /** Without a slash at its end. */
  readonly temporalUi: string | undefined
  /** Milliseconds without a call after which a login by form ends. */
  readonly sessionIdleMs: number
  readonly trustedProxies: string | undefined
}

/**
 * Read by others: the command line, docker-compose.yml and its images, and the lab with its tests.
 */
const othersSettings =
  /^OBFLOW_(URL|USER|PASSWORD|PUBLISH|DB_PASSWORD|STACK|RUN|RECORD)$|^OBFLOW_(LAB|TEST)_/

function unknownNames(names: readonly string[]): string[] {
  const known = [...Object.keys(environment.shape), ...fileSettings.map((name) => `${name}_FILE`)]
  return names
    .filter(
      (name) => name.startsWith('OBFLOW_') && !known.includes(name) && !othersSettings.test(name),
    )
    .map((name) => {
      const meant = nearest(name, known)
      return `${name} is not a setting of obflow${meant === undefined ? '' : `; is ${meant} meant?`}`
    })
}

/**
 * The configuration of an environment; throws StartError with every wrong variable named, and every
 * OBFLOW_* that is not known. Empty variables count as absent.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const named = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { env: given, wrong: files } = withSettingFiles(named)
  const parsed = environment.safeParse(given)
  const wrong =
    parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  const found = [...unknownNames(Object.keys(given)), ...files, ...wrong]
  if (!parsed.success || found.length > 0)
    throw new StartError(`wrong configuration: ${found.join('\n')}`)
  const settings = parsed.data
  const dataDir = settings.OBFLOW_DATA_DIR
  return {
    listen: settings.OBFLOW_LISTEN,
    publicUrl: settings.OBFLOW_PUBLIC_URL,
    allowedHosts: settings.OBFLOW_ALLOWED_HOSTS,
    maxPackageBytes: settings.OBFLOW_MAX_PACKAGE_BYTES,
    dataDir,
    packagesDir: join(dataDir, 'packages'),
    taskQueue: settings.OBFLOW_TASK_QUEUE,
    activities: settings.OBFLOW_ACTIVITIES,
    ioBenches: settings.OBFLOW_IO_BENCHES,
    hostPatienceMs: settings.OBFLOW_HOST_PATIENCE * 1000,
    aliveFile: settings.OBFLOW_ALIVE_FILE,
    workflowBundle: settings.OBFLOW_WORKFLOW_BUNDLE,
    databaseUrl: settings.DATABASE_URL,
    key: settings.OBFLOW_KEY,
    keyFile: settings.OBFLOW_KEY_FILE ?? join(dataDir, 'key'),
    adminPassword: settings.OBFLOW_ADMIN_PASSWORD,
    errorCodes: settings.OBFLOW_ERROR_CODES,
    ocpVersion: settings.OBFLOW_OCP_VERSION,
    passwordRule: settings.OBFLOW_PASSWORD_RULE,
    rateLimits: settings.OBFLOW_RATE_LIMIT,
    consoleDir:
      settings.OBFLOW_CONSOLE === 'on'
        ? fileURLToPath(new URL('../console/dist', import.meta.url))
        : undefined,
    auditMs: settings.OBFLOW_AUDIT_DAYS * 86_400_000,
    taskMs: settings.OBFLOW_TASK_DAYS * 86_400_000,
    temporalUi: settings.OBFLOW_TEMPORAL_UI,
    sessionIdleMs: settings.OBFLOW_SESSION_MINUTES * 60_000,
    trustedProxies: settings.OBFLOW_TRUSTED_PROXIES,
  }
}
