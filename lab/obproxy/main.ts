import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { isOn, openConfig } from './config.ts'
import { parseFlags, type Start, usage } from './flags.ts'
import { proxySession, type Stats } from './proxySession.ts'

/**
 * The lab's obproxy: started in its home folder. Without -N the command returns once the proxy is
 * launched.
 */
const home = process.cwd()
const argv = process.argv.slice(2)
const logFile = join(home, 'log/obproxy.log')

for (const folder of ['log', 'run', 'etc']) mkdirSync(join(home, folder), { recursive: true })

function log(level: string, text: string): void {
  appendFileSync(
    logFile,
    `[${new Date().toISOString().replace('T', ' ').replace('Z', '000')}] ${level} [PROXY] [${process.pid}][0] ${text}\n`,
  )
}

function fail(message: string): never {
  log('ERROR', message)
  process.stderr.write(`obproxy: ${message}\n`)
  process.exit(1)
}

function readFlags(): Start {
  try {
    return parseFlags(argv)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
    process.exit(1)
  }
}

const ownIp = (): string =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find((entry) => entry.family === 'IPv4' && !entry.internal)?.address ?? '127.0.0.1'

function daemonize(): void {
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...process.argv.slice(1), '--nodaemon'],
    {
      argv0: join(home, 'bin/obproxy'),
      cwd: home,
      detached: true,
      stdio: 'ignore',
    },
  )
  child.once('error', (error) => fail(`cannot start the proxy process: ${error.message}`))
  child.once('spawn', () => process.exit(0))
}

function run({ settings }: Start): void {
  process.title = [join(home, 'bin/obproxy'), ...argv.filter((word) => word !== '--nodaemon')].join(
    ' ',
  )
  writeFileSync('/proc/self/comm', 'obproxy')
  const config = openConfig(home, settings)
  const {
    listen_port: port = '2883',
    prometheus_listen_port: exporter = '2884',
    rpc_listen_port: rpc = '2885',
    enable_obproxy_rpc_service,
    rootservice_list,
    obproxy_config_server_url,
  } = config.settings
  // obd's error 4100: a proxy needs to know where clusters are.
  if (!rootservice_list && !obproxy_config_server_url)
    fail('neither rootservice_list nor obproxy_config_server_url is set')
  const stats: Stats = { sessions: 0, served: 0 }
  const sql = createServer((client) => proxySession(config, stats, client))
  const metrics = createHttpServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    const lines = Object.entries(stats).map(
      ([name, value]) =>
        `# TYPE odp_${name} gauge\nodp_${name}{app="${config.settings.app_name}"} ${value}\n`,
    )
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''))
  })
  // Nothing speaks its protocol here; what counts is that the port is taken.
  const rpcServer = createServer((client) => client.destroy())
  const pidFile = join(home, `run/obproxy-${ownIp()}-${port}.pid`)
  for (const server of [sql, metrics, rpcServer])
    server.on('error', (error) => fail(`listen failed: ${error.message}`))
  metrics.listen(Number(exporter), '0.0.0.0')
  if (isOn(enable_obproxy_rpc_service)) rpcServer.listen(Number(rpc), '0.0.0.0')
  sql.listen(Number(port), '0.0.0.0', () => {
    writeFileSync(pidFile, `${process.pid}\n`)
    log(
      'INFO',
      `obproxy is listening, port=${port}, prometheus_listen_port=${exporter}, cluster=${config.settings.rootservice_cluster_name}`,
    )
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      rmSync(pidFile, { force: true })
      process.exit(0)
    })
}

const start = readFlags()
if (start.version) process.stderr.write('obproxy (OceanBase, lab build)\n')
else if (start.nodaemon) run(start)
else daemonize()
