import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Flags, parseFlags, UsageError, usage } from './flags.ts'
import { homeOf, runningPid } from './home.ts'
import { openLog } from './log.ts'
import { serve } from './serve.ts'
import { StartError } from './settings.ts'
import { readVersion } from './versionLine.ts'

/**
 * The lab's observer: started in its home folder with observer's own flags. Without -N the command
 * returns once the server is launched.
 */
const home = homeOf(process.cwd())
/** Where the package lies: its version and its kernel are there wherever the command is run. */
const installed = join(import.meta.dirname, '../..')
const argv = process.argv.slice(2)

function readFlags(): Flags {
  try {
    if (argv.includes('-h') || argv.includes('--help')) throw new UsageError('help')
    return parseFlags(argv)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
    process.exit(1)
  }
}

function refuseStart(errno: number, message: string): never {
  openLog(home.logFile)('ERROR', 'SERVER', message, { ret: -errno })
  process.stderr.write(`observer: ${message}(ret=-${errno})\n`)
  process.exit(1)
}

/**
 * Becomes `observer` in ps and pgrep: the command line without the interpreter, the name of the
 * process.
 */
function takeName(): void {
  process.title = [
    join(home.root, 'bin/observer'),
    ...argv.filter((word) => word !== '--nodaemon'),
  ].join(' ')
  writeFileSync('/proc/self/comm', 'observer')
}

function daemonize(): void {
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...process.argv.slice(1), '--nodaemon'],
    {
      argv0: join(home.root, 'bin/observer'),
      cwd: home.root,
      detached: true,
      stdio: 'ignore',
    },
  )
  child.once('error', (error) =>
    refuseStart(4016, `cannot start the server process: ${error.message}`),
  )
  child.once('spawn', () => process.exit(0))
}

async function run(flags: Flags): Promise<void> {
  takeName()
  mkdirSync(join(home.root, 'run'), { recursive: true })
  // No newline, and for its owner alone. Source: oceanbase deps/oblib/src/lib/utility/utility.cpp.
  writeFileSync(home.pidFile, String(process.pid), { mode: 0o600 })
  const server = await serve({ home, installed, version, flags })
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void server.stop().finally(() => {
      rmSync(home.pidFile, { force: true })
      process.exit(0)
    })
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
}

const flags = readFlags()
const version = readVersion(installed)
if (flags.version) {
  // Source: oceanbase src/observer/main.cpp, print_version.
  process.stderr.write(
    `observer (OceanBase ${version.full})\n\nREVISION: 1-lab0000000000000000000000000000000000000\nBUILD_TIME: Jan  1 2026 00:00:00\n`,
  )
  process.exit(0)
}
const other = runningPid(home)
if (other !== undefined) refuseStart(4016, `another observer is running on this home, pid ${other}`)
if (flags.nodaemon) {
  run(flags).catch((error: unknown) => {
    rmSync(home.pidFile, { force: true })
    if (error instanceof StartError) refuseStart(error.errno, error.message)
    if (error instanceof UsageError) refuseStart(4002, error.message)
    refuseStart(4016, error instanceof Error ? (error.stack ?? error.message) : String(error))
  })
} else daemonize()
