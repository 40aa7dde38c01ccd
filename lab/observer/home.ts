import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

export type Home = ReturnType<typeof homeOf>

/** The files of an observer's home; the real one runs with its home as working directory. */
export function homeOf(root: string) {
  return {
    root,
    pidFile: join(root, 'run/observer.pid'),
    logFile: join(root, 'log/observer.log'),
    configFile: join(root, 'etc/observer.config.bin'),
    ioResourceFile: join(root, 'etc/io_resource.conf'),
    bootstrapCount: join(root, 'run/bootstrap.count'),
    bootstrapReceived: join(root, 'run/bootstrap.received'),
  }
}

export function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.tmp`, text)
  renameSync(`${path}.tmp`, path)
}

export type Settings = Record<string, string>

/** Parameters of the last start, which a start without flags uses. Undefined on a first start. */
export function loadSettings(home: Home): Settings | undefined {
  if (!existsSync(home.configFile)) return undefined
  const settings: Settings = {}
  for (const line of readFileSync(home.configFile, 'utf8').split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) settings[line.slice(0, at)] = line.slice(at + 1)
  }
  return settings
}

/**
 * Persists to etc/observer.config.bin and to a copy in every folder of config_additional_dir that
 * exists or can be made.
 */
export function saveSettings(home: Home, settings: Settings): void {
  const text = `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`
  writeAtomically(home.configFile, text)
  for (const folder of (settings.config_additional_dir ?? '').split(';').filter(Boolean)) {
    writeAtomically(
      join(isAbsolute(folder) ? folder : join(home.root, folder), 'observer.conf.bin'),
      text,
    )
  }
}

/** The pid of a live observer on this home, from its pid file; undefined when there is none. */
export function runningPid(home: Home): number | undefined {
  if (!existsSync(home.pidFile)) return undefined
  const pid = Number(readFileSync(home.pidFile, 'utf8').trim())
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined
  try {
    // `pid (comm) state …`: a zombie that nobody has reaped yet is not running.
    const [, comm, state] =
      /^\d+ \((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return comm === 'observer' &&
      state !== 'Z' &&
      readlinkSync(`/proc/${pid}/cwd`) === realpathSync(home.root)
      ? pid
      : undefined
  } catch {
    return undefined
  }
}

/** Adds one to the number kept in a file: what a test reads to see that BOOTSTRAP ran once. */
export function countUp(path: string): void {
  const before = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
  writeAtomically(path, `${before + 1}\n`)
}
