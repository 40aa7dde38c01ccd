import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, type RateLimits, type Settings } from './environment.ts'
import { StartError } from './errors/startError.ts'
import { nearest } from './nearest.ts'
import type { Secret } from './quote.ts'
import { fileSettings, withSettingFiles } from './settingFiles.ts'
import type { TracingSettings } from './tracing/settings.ts'

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
  /** Whether a host gives a package that it has to hosts that wait for it. */
  readonly handsOn: boolean
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
  /** Which calls are lines of the log. */
  readonly callLog: 'off' | 'changes' | 'all'
  /** Where metrics are read; undefined: nowhere. */
  readonly metrics: MetricsDoor | undefined
  /** How traces are made; undefined: not at all. */
  readonly tracing: TracingSettings | undefined
}

/** Where this process is looked at, and what a reader has to show. */
export interface MetricsDoor {
  readonly host: string
  readonly port: number
  readonly token: Secret | undefined
}

/**
 * Read by others: the command line, docker-compose.yml and its images, and the lab with its tests.
 */
const othersSettings =
  /^OBFLOW_(URL|USER|PASSWORD|PUBLISH|DB_PASSWORD|METRICS_ADDRESS|SITE|TLS_PUBLISH|SECRETS|STACK|RUN|RECORD)$|^OBFLOW_(LAB|TEST)_/

function unknownNames(names: readonly string[]): string[] {
  const known = [...Object.keys(environment.shape), ...fileSettings.map((name) => `${name}_FILE`)]
  return names
    .filter(
      (name) => name.startsWith('OBFLOW_') && !known.includes(name) && !othersSettings.test(name),
    )
    .map((name) => {
      const meant = nearest(name, known)
      const hint = meant === undefined ? '' : `; is ${meant} meant?`
      return `${name} is not a setting of obflow${hint}`
    })
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)

/** Passwords that README and others' documents print: a stranger tries them first. */
const publishedPasswords: ReadonlySet<string> = new Set(
  'change-me changeme Change-me-2 admin password obflow xxxxx 123456'.split(' '),
)

/** An API that others reach is not begun with a password that they can read. */
function knownPassword(settings: Settings | undefined): string[] {
  const { OBFLOW_LISTEN: at, OBFLOW_ADMIN_PASSWORD: password } = settings ?? {}
  return at && password && !isLoopback(at.host) && publishedPasswords.has(password.reveal())
    ? ['OBFLOW_ADMIN_PASSWORD: this one is printed in documents; set one of your own']
    : []
}

/** Metrics name no secret, but tell what is installed where and when. */
function openMetrics(settings: Settings | undefined): string[] {
  const { OBFLOW_METRICS_LISTEN: at, OBFLOW_METRICS_TOKEN: token } = settings ?? {}
  return at === undefined || token !== undefined || isLoopback(at.host)
    ? []
    : [`OBFLOW_METRICS_LISTEN: ${at.host} is not loopback; set OBFLOW_METRICS_TOKEN, too`]
}

/** Undefined while traces are off, which they are where nobody names a collector. */
function tracingOf(settings: Settings): TracingSettings | undefined {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
    OTEL_TRACES_EXPORTER: exporter = (endpoint ?? traces) ? 'otlp' : 'none',
  } = settings
  if (exporter === 'none' || settings.OTEL_SDK_DISABLED.toLowerCase() === 'true') return undefined
  return {
    url: traces ?? `${endpoint ?? 'http://localhost:4318'}/v1/traces`,
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
  }
}

/** Another program on this machine may be told of a protocol that obflow does not need to speak. */
function unspokenProtocol(settings: Settings | undefined): string[] {
  if (settings === undefined || tracingOf(settings) === undefined) return []
  return settings.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/protobuf'
    ? []
    : ['OTEL_EXPORTER_OTLP_PROTOCOL: obflow speaks http/protobuf alone']
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
  const found = [
    ...unknownNames(Object.keys(given)),
    ...files,
    ...wrong,
    ...openMetrics(parsed.data),
    ...knownPassword(parsed.data),
    ...unspokenProtocol(parsed.data),
  ]
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
    handsOn: settings.OBFLOW_HAND_ON === 'on',
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
    callLog: settings.OBFLOW_CALL_LOG,
    metrics: settings.OBFLOW_METRICS_LISTEN && {
      ...settings.OBFLOW_METRICS_LISTEN,
      token: settings.OBFLOW_METRICS_TOKEN,
    },
    tracing: tracingOf(settings),
  }
}
