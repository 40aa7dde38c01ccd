import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuiltPackage, LabHost } from '../../lab/index.ts'
import {
  agent,
  agentIn,
  allowSeconds,
  alterRootPassword,
  benchScript,
  bootstrapStatement,
  type ClusterSpec,
  calibrateIo,
  createReadOnlyUser,
  defaultUsers,
  gatherScript,
  layoutOf,
  majorFreeze,
  readSpatialReferences,
  readTimeZones,
  type ServerSpec,
  serversOf,
  setPrimaryZone,
  setZoneIdc,
  startObserver,
} from '../../src/oceanbase/index.ts'
import { type Quoted, Secret, sh } from '../../src/quote.ts'

// What an install does on the hosts, without obflow: the same remote scripts and statements, in the
// same order, for other drivers. They lie in a folder, one file a step and host.

/** One step: on every host at once, on one of them, or on the control machine. */
export type Step =
  | { readonly name: string; readonly on: 'hosts'; readonly as: 'root' | 'admin' }
  | { readonly name: string; readonly on: 'control' }
  | { readonly name: string; readonly on: 'copy'; readonly from: string; readonly to: string }

export interface Work {
  readonly dir: string
  readonly steps: readonly Step[]
  readonly cluster: ClusterSpec
  readonly password: string
  /** Brings a host back to what it was before; a script for root. */
  readonly cleanUp: string
}

interface Wanted {
  readonly dir: string
  readonly hosts: readonly LabHost[]
  readonly observer: BuiltPackage
  readonly agentPackage: BuiltPackage
  readonly name: string
  readonly password: string
}

const clusterOf = ({ hosts, observer, name }: Wanted): ClusterSpec => ({
  id: 9000,
  name,
  obClusterId: 9000,
  type: 'PRIMARY',
  version: observer.version,
  packageId: 1,
  primaryZone: '',
  sqlPort: 2881,
  rpcPort: 2882,
  paths: { install: '/home/admin/oceanbase', data: '/data/1', log: '/data/log1' },
  osUser: 'admin',
  startupParameters: [],
  zones: hosts.map(({ ip }, index) => ({
    name: `zone${index + 1}`,
    idcName: `hz${index + 1}`,
    regionName: 'hangzhou',
    servers: [{ hostId: index + 1, ip, zone: `zone${index + 1}`, rootServer: true }],
  })),
  obproxyClusterIds: [],
})

const filesIn = (path: string): string[] =>
  execFileSync('rpm', ['-qpl', '--nosignature', path], { encoding: 'utf8' }).trim().split('\n')

const nvraOf = (path: string): string =>
  execFileSync('rpm', ['-qp', '--nosignature', '--qf', '%{NVRA}', path], { encoding: 'utf8' })

/** A text of the package, read once on the control machine; empty where it has none. */
function packaged(rpm: string, name: string): string {
  const path = filesIn(rpm).find((file) => file.endsWith(`/etc/${name}`))
  if (path === undefined) return ''
  const archive = execFileSync('rpm2cpio', [rpm], { maxBuffer: 2 ** 30 })
  return execFileSync('cpio', ['-i', '--to-stdout', '--quiet', `.${path}`], {
    input: archive,
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  })
}

const statements = (list: readonly Quoted[]): string =>
  list.map(({ text }) => `${text.trim().replace(/;$/, '')};\n`).join('')

/** Writes the steps of an install of three zones. */
export function writeWork(wanted: Wanted): Work {
  const { dir, observer, agentPackage, password } = wanted
  const cluster = clusterOf(wanted)
  const layout = layoutOf(cluster)
  const servers = serversOf(cluster)
  const leader = servers[0]?.ip ?? ''
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const steps: Step[] = []
  const file = (name: string, text: string): string => {
    const path = join(dir, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const onHosts = (
    name: string,
    as: 'root' | 'admin',
    script: (server: ServerSpec) => Quoted,
  ): void => {
    for (const server of servers) file(`${name}.${server.ip}`, script(server).text)
    steps.push({ name, on: 'hosts', as })
  }
  const onControl = (name: string, script: string): void => {
    file(`${name}.control`, script)
    steps.push({ name, on: 'control' })
  }

  const [nvra, copied] = [nvraOf(observer.path), '/var/tmp/observer.rpm']
  onHosts('check', 'root', (server) =>
    gatherScript({
      taskId: 0,
      cluster,
      server,
      layout,
      package: {
        name: observer.name,
        nvra,
        architecture: 'x86_64',
        size: 60_000_000,
        needs: [],
      },
    }),
  )
  steps.push({ name: 'copy', on: 'copy', from: observer.path, to: copied })
  onHosts(
    'install',
    'root',
    () => sh`rpm -i --nodeps ${copied} && chown -R admin: ${layout.home} && rm ${copied}`,
  )
  onHosts(
    'prove',
    'admin',
    () => sh`cd ${layout.home} && LD_LIBRARY_PATH=${layout.library} ${layout.observer} -V`,
  )
  onHosts(
    'directories',
    'root',
    () => sh`mkdir -p ${layout.directories} && chown -R admin: ${layout.ownRoots} ${layout.home}
links=(${layout.links.map(({ path }) => path)}) targets=(${layout.links.map(({ target }) => target)})
for place in "\${!links[@]}"; do ln -sfn "\${targets[place]}" "\${links[place]}" && chown -h admin: "\${links[place]}"; done`,
  )
  // fio's terse lines, made what observer reads; the fields are those of src's own reader.
  const points = `awk -F';' 'BEGIN { print "version 1"; print "io_type io_size_byte io_ps io_rt_us" }
$1 == 3 { split($3, way, " "); if (way[1] == "read") print 0, way[2], $8, $40; else print 1, way[2], $49, $81 }
END { print "submit_thread_cnt 1"; print "getevent_thread_cnt 5" }'`
  onHosts('bench', 'admin', () => {
    const bench = benchScript({ cluster, packages: [nvra], times: 1 })
    return sh`set -o pipefail
bash -c ${bench.text} | ${sh`bash -c ${points}`} >${layout.ioResource}`
  })
  onHosts('start', 'admin', (server) => startObserver(cluster, server))

  const sql = (text: string, as: 'nobody' | 'root', ip: string = leader): string => {
    const input = file(`sql.${steps.length}.${ip}`, text)
    const login = as === 'nobody' ? 'MYSQL_PWD=' : `MYSQL_PWD=${sh`${password}`.text}`
    return `${login} mysql --batch --skip-column-names --connect-timeout=10 -h ${ip} -P 2881 -u root@sys <${input}`
  }
  const retried = (command: string, wanted: string): string =>
    `for try in $(seq 240); do [ "$(${command} 2>/dev/null)" = ${wanted} ] && exit 0; sleep 0.25; done; echo "never saw ${wanted}" >&2; exit 1`
  for (const { ip } of servers)
    onControl(`answer-${ip}`, retried(sql('SELECT 1;\n', 'nobody', ip), '1'))
  onControl(
    'bootstrap',
    sql(statements([allowSeconds(1000), bootstrapStatement(cluster)]), 'nobody'),
  )
  onControl(
    'whole',
    retried(
      sql("SELECT count(*) FROM oceanbase.DBA_OB_SERVERS WHERE status = 'ACTIVE';\n", 'nobody'),
      String(servers.length),
    ),
  )
  onControl(
    'settings',
    sql(statements([...cluster.zones.map((zone) => setZoneIdc(zone)), calibrateIo]), 'nobody'),
  )
  onControl('password', sql(statements([alterRootPassword(new Secret(password))]), 'nobody'))
  const users = defaultUsers.flatMap(({ name }) => createReadOnlyUser(name, new Secret(password)))
  onControl('users', sql(statements([...users, setPrimaryZone('RANDOM')]), 'root'))
  const zones = packaged(observer.path, 'timezone_V1.log')
  const systems = packaged(observer.path, 'default_srs_data_mysql.sql')
  const imports = [
    ...(zones === '' ? [] : [...readTimeZones(zones).fill, ...readTimeZones(zones).finish]),
    ...(systems === '' ? [] : readSpatialReferences(systems).fill),
  ]
  if (imports.length > 0) onControl('imports', sql(statements(imports), 'root'))

  const brought = agentIn(filesIn(agentPackage.path))
  if (!brought) throw new Error(`${agentPackage.path} has no agent`)
  const basicAuth = { username: 'ocp_agent', password: new Secret(password) }
  onHosts('configure-agent', 'admin', (server) =>
    agent.refreshAgentConfig(brought, {
      cluster,
      server,
      monitor: { username: 'ocp_monitor', password: new Secret(password) },
      basicAuth,
    }),
  )
  onHosts('start-agent', 'admin', () => agent.startAgent(brought, cluster))
  onHosts(
    'agent-answers',
    'root',
    () =>
      sh`for try in $(seq 240); do bash -c ${agent.agentStatus(basicAuth).text} 2>/dev/null | grep -q running && exit 0; sleep 0.25; done; exit 1`,
  )
  onControl('compaction', sql(statements([majorFreeze(cluster)]), 'root'))

  const cleanUp = sh`pkill -KILL -u admin -f bin/observer || true
runuser -u admin -- bash -c ${agent.restoreAgentConfig(brought, cluster).text} || true
rpm -e --noscripts ${nvra} >/dev/null 2>&1 || true
rm -rf ${layout.home} ${layout.dataRoot} ${layout.redoRoot} ${copied} /home/admin/.obd
for try in $(seq 100); do pgrep -u admin -f bin/observer >/dev/null || exit 0; sleep 0.1; done; exit 1`
  return { dir, steps, cluster, password, cleanUp: cleanUp.text }
}
