import { Secret } from '../../quote.ts'
import { layoutOf } from '../observer/layout.ts'
import type { AgentConfig } from './agent.ts'

/** Ports of OCP's agent; obagent's own defaults are 8089 and 8088. */
export const agentPorts = { manager: 62888, monitor: 62889 } as const

type Value = string | number | Secret

/**
 * What an agent must know, by key. Source: obdeploy plugins/obagent, obd_agent_mapper.yaml; obagent
 * etc/config_properties.
 */
const valuesOf = ({
  cluster,
  server,
  monitor,
  basicAuth,
}: AgentConfig): Readonly<Record<string, Value>> => {
  const layout = layoutOf(cluster)
  return {
    'agent.http.basic.auth.username': basicAuth.username,
    'agent.http.basic.auth.password': basicAuth.password,
    'ocp.agent.manager.http.port': agentPorts.manager,
    'ocp.agent.monitor.http.port': agentPorts.monitor,
    'monagent.ob.monitor.user': monitor.username,
    'monagent.ob.monitor.password': monitor.password,
    'monagent.ob.sql.port': cluster.sqlPort,
    'monagent.ob.rpc.port': cluster.rpcPort,
    'ob.install.path': layout.home,
    'ob.data.path': layout.dataRoot,
    'ob.log.path': layout.redoRoot,
    'observer.log.path': layout.log,
    'monagent.host.ip': server.ip,
    'monagent.ob.cluster.name': cluster.name,
    'monagent.ob.cluster.id': cluster.obClusterId,
    'monagent.cluster.id': cluster.obClusterId,
    'monagent.ob.zone.name': server.zone,
    'monagent.pipeline.ob.status': 'active',
    'monagent.pipeline.node.status': 'active',
  }
}

// A JSON string is a YAML string, and has neither tabs nor line ends of its own.
const scalar = (value: Value): string =>
  JSON.stringify(value instanceof Secret ? value.reveal() : value)

/**
 * The agent's settings, a line each: key, tab, YAML value. Secret as a whole, as some are
 * passwords.
 */
export const agentProperties = (config: AgentConfig): Secret =>
  new Secret(
    Object.entries(valuesOf(config))
      .map(([key, value]) => `${key}\t${scalar(value)}`)
      .join('\n'),
  )
