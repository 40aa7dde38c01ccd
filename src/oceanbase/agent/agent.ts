import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Quoted, Secret, sh } from '../../quote.ts'
import type { ClusterSpec, ServerSpec } from '../cluster.ts'
import type { Agent } from '../programs.ts'
import { agentPorts, agentProperties } from './agentProperties.ts'

export { agentPorts } from './agentProperties.ts'

/**
 * OS user who owns and runs it, whichever user runs the observers. All scripts here but
 * `agentStatus` run as this user.
 */
export const agentOwner = 'admin'

export interface AgentConfig {
  readonly cluster: ClusterSpec
  readonly server: ServerSpec
  /** User that reads metrics: `ocp_monitor` and its password. */
  readonly monitor: { readonly username: string; readonly password: Secret }
  /** Who may call the agent itself. */
  readonly basicAuth: { readonly username: string; readonly password: Secret }
}

/** What the agent's scripts must know of a cluster. */
type Watched = Pick<ClusterSpec, 'id'>

const functions = new Quoted(readFileSync(new URL('agent.sh', import.meta.url), 'utf8'), '')

const atHome = ({ home, daemon, control = '' }: Agent, { id }: Watched): Quoted =>
  sh`home=${home} daemon=${daemon} control=${control} cluster=${id}
${functions}
[ -x ${`${home}/bin/${control || daemon}`} ]`

const absent = 'echo "no agent is installed" >&2; exit 1'

/**
 * Writes the agent's configuration (mode 0600), keeping what was there before this cluster; prints
 * `changed`, `unchanged`, or `unconfigurable` for an agent that has no such files. The passwords go
 * into files, not through `config -u`, whose arguments everyone on the host can read.
 */
export const refreshAgentConfig = (
  agent: Agent,
  config: AgentConfig,
): Quoted => sh`${atHome(agent, config.cluster)} || { ${new Quoted(absent)}; }
keep || exit 1
set_properties ${agentProperties(config)}`

/**
 * Puts back the configuration that was there before this cluster; an agent that did not run then is
 * stopped.
 */
export const restoreAgentConfig = (
  agent: Agent,
  cluster: Watched,
): Quoted => sh`${atHome(agent, cluster)} || exit 0
put_back`

/**
 * Starts the agent, or restarts it when its configuration is newer than it is; it may not serve
 * yet.
 */
export const startAgent = (
  agent: Agent,
  cluster: Watched,
): Quoted => sh`${atHome(agent, cluster)} || { ${new Quoted(absent)}; }
if running && [ -d "$properties" ] && [ -n "$(find "$properties" -newer "$home/run/$daemon.pid")" ]; then stop_agent || exit 1; fi
start_agent`

export const stopAgent = (
  agent: Agent,
  cluster: Watched,
): Quoted => sh`${atHome(agent, cluster)} || exit 0
stop_agent`

/** Exits 0 while the agent's daemon runs. */
export const agentRuns = (
  agent: Agent,
  cluster: Watched,
): Quoted => sh`${atHome(agent, cluster)} || { ${new Quoted(absent)}; }
running || { echo "$daemon does not run" >&2; exit 1; }`

/**
 * Asks the agent's status URL from the host itself, with bash alone: a host may have no curl.
 * Prints the JSON body and exits 0 when it answers 200; exits 7 when nothing listens.
 */
export const agentStatus = ({ username, password }: AgentConfig['basicAuth']): Quoted => {
  const credentials = new Secret(Buffer.from(`${username}:${password.reveal()}`).toString('base64'))
  return sh`exec 3<>/dev/tcp/127.0.0.1/${agentPorts.manager} || exit 7
printf 'GET /api/v1/agent/status HTTP/1.0\\r\\nHost: localhost\\r\\nAuthorization: Basic %s\\r\\n\\r\\n' ${credentials} >&3
answer=$(timeout 10 cat <&3) || exit 7
status=\${answer%%$'\\r\\n'*}
case $status in *' 200 '*) ;; *) echo "the agent answered $status" >&2; exit 1 ;; esac
printf '%s\\n' "\${answer#*$'\\r\\n\\r\\n'}"`
}

const service = z.object({ state: z.string() })

const statusBody = z
  .object({
    state: z.string(),
    version: z.string().default(''),
    // A list in OCP's agent, by name in obagent.
    services: z.union([z.array(service), z.record(z.string(), service)]).default([]),
  })
  .transform(({ state, version, services }) => ({
    // The daemon runs as soon as it can answer; what counts is whether what it watches over does.
    state: Object.values(services).find((one) => one.state !== 'running')?.state ?? state,
    version,
  }))

/** OCP wraps its answers in `data`, obagent's own socket does not. */
const statusAnswer = z.union([
  z.object({ data: statusBody }).transform(({ data }) => data),
  statusBody,
])

/**
 * What the body of `agentStatus` says: `running` when all the agent's processes do, empty for a
 * body that says nothing.
 */
export const readAgentStatus = (
  body: string,
): { readonly state: string; readonly version: string } => {
  try {
    return statusAnswer.parse(JSON.parse(body))
  } catch {
    return { state: '', version: '' }
  }
}
